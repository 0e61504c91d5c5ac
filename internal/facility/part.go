package facility

import "strings"

// Part is what people call the part of a device that a point belongs to, in
// both languages: the point's own name or, where it has none, its labels:
// "source A phase 1", "A側 相1". It stands behind a title, the quantity or an
// alarm's words, and leaves out what the title or the device's name says
// already. Where nothing is left it is the fire zone; "" where there is
// none. title may be empty.
func (p *Point) Part(d *Device, title Text) Text {
	said := map[string]bool{}
	for _, w := range strings.Fields(title.En) {
		said[strings.ToLower(strings.Trim(w, ",;:()"))] = true
	}
	name := strings.TrimSpace(strings.TrimPrefix(p.Name, d.Name))
	var kept []string
	for _, w := range strings.Fields(name) {
		if !repeats(w, said, title.Ja) {
			kept = append(kept, w)
		}
	}
	part := Text{En: strings.Join(kept, " ")}
	part.Ja = part.En
	if part.En == "" {
		part = p.labelled(said)
	}
	if part.En == "" {
		part.En, part.Ja = p.Label("zone"), p.Label("zone")
	}
	return part
}

// repeats reports whether a word of a name is only what was said before. Short
// words and those with a digit tell parts from one another and always stay.
func repeats(w string, said map[string]bool, ja string) bool {
	if strings.ContainsAny(w, "0123456789") {
		return false
	}
	if w[0] >= 0x80 {
		return len([]rune(w)) >= 2 && strings.Contains(ja, w)
	}
	return len(w) >= 3 && said[strings.ToLower(w)]
}

// partWords are the labels whose value means nothing without a word, "%" being
// the value. The others (an interface, a detector) are names by themselves.
var partWords = map[string]Text{
	"phase":   {En: "phase %", Ja: "相%"},
	"line":    {En: "line %", Ja: "線%"},
	"bank":    {En: "bank %", Ja: "バンク%"},
	"outlet":  {En: "outlet %", Ja: "アウトレット%"},
	"unit":    {En: "unit %", Ja: "ユニット%"},
	"input":   {En: "input %", Ja: "入力%"},
	"output":  {En: "output %", Ja: "出力%"},
	"source":  {En: "source %", Ja: "%側"},
	"sensor":  {En: "sensor %", Ja: "センサー%"},
	"fan":     {En: "fan %", Ja: "ファン%"},
	"minutes": {En: "% min", Ja: "%分"},
}

// labelled writes the labels, a phase behind what it is a phase of, without
// English words that were said before.
func (p *Point) labelled(said map[string]bool) Text {
	var en, ja []string
	add := func(l Label) {
		w, ok := partWords[l.Name]
		if !ok {
			w = Text{En: "%", Ja: "%"}
		}
		if said[l.Name] {
			w.En = "%"
		}
		en = append(en, strings.ReplaceAll(w.En, "%", l.Value))
		ja = append(ja, strings.ReplaceAll(w.Ja, "%", l.Value))
	}
	for _, l := range p.Labels {
		if l.Name != "zone" && l.Name != "phase" && l.Value != "" {
			add(l)
		}
	}
	if v := p.Label("phase"); v != "" {
		add(Label{Name: "phase", Value: v})
	}
	return Text{En: strings.Join(en, " "), Ja: strings.Join(ja, " ")}
}
