package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"nezuban/collectors"
	"nezuban/internal/config/strict"
)

type snmpYAML struct {
	strict.Node
	Version         strict.Str `yaml:"version"`
	Community       strict.Str `yaml:"community"`
	CommunitySecret strict.Str `yaml:"community_secret"`
	User            strict.Str `yaml:"user"`
	Level           strict.Str `yaml:"level"`
	Auth            strict.Str `yaml:"auth"`
	AuthSecret      strict.Str `yaml:"auth_secret"`
	Priv            strict.Str `yaml:"priv"`
	PrivSecret      strict.Str `yaml:"priv_secret"`
	Context         strict.Str `yaml:"context"`
}

type agentYAML struct {
	strict.Node
	URL         strict.Str `yaml:"url"`
	TokenSecret strict.Str `yaml:"token_secret"`
	CA          strict.Str `yaml:"ca"`
	Cert        strict.Str `yaml:"cert"`
	Key         strict.Str `yaml:"key"`
}

// Protocols of RFC 3414, RFC 7860 and RFC 3826 (and AES-192/256 as makers
// implement them) that the SNMP engine speaks.
var (
	authProtocols = []string{"SHA-256", "SHA-1", "SHA-224", "SHA-384", "SHA-512", "MD5"}
	privProtocols = []string{"AES-128", "AES-192", "AES-256", "DES"}
	levels        = []string{"authPriv", "authNoPriv", "noAuthNoPriv"}
)

// access checks how the device is reached.
func (l *loader) access(y *deviceYAML, t *collectors.Target) {
	if t.Device.Engine == "agent" {
		l.agent(y, t)
		return
	}
	t.Address = l.address(y)
	s := &y.SNMP
	t.SNMP = collectors.SNMPAccess{Version: s.Version.V, User: s.User.V, ContextName: s.Context.V}
	switch s.Version.V {
	case "1", "2c":
		l.community(y, t)
	case "3":
		l.userSecurity(y, t)
	case "":
		l.add(s.Node.Place().Or(y.Node.Place()), fmt.Sprintf("device %q: snmp.version is missing", y.ID.V), `write snmp: {version: "3", user: …} or {version: 2c, community_secret: …}`)
	default:
		l.add(s.Version.Place, fmt.Sprintf("snmp.version %q is not known", s.Version.V), `write "3", 2c or, for a device that knows nothing newer, "1"`)
	}
}

func (l *loader) community(y *deviceYAML, t *collectors.Target) {
	s := &y.SNMP
	switch {
	case s.CommunitySecret.V != "" && s.Community.V != "":
		l.add(s.Community.Place, "both community and community_secret are given", "keep community_secret")
	case s.CommunitySecret.V != "":
		t.SNMP.Community = l.secretName(s.CommunitySecret)
	case s.Community.V != "":
		t.SNMP.Community = collectors.Secret(s.Community.V)
		if slices.Contains([]string{"public", "private"}, strings.ToLower(s.Community.V)) {
			l.warn(s.Community.Place, fmt.Sprintf("community %q is the first that anybody tries", s.Community.V), "set another on the device, or use version 3")
		}
	default:
		l.add(s.Key("version"), fmt.Sprintf("device %q: SNMP v%s needs a community", y.ID.V, s.Version.V), "add community_secret: NAME and set it with `nezuban secrets set NAME`")
	}
	if s.User.V != "" {
		l.add(s.User.Place, "snmp.user belongs to version 3", `write version: "3", or remove user`)
	}
}

func (l *loader) userSecurity(y *deviceYAML, t *collectors.Target) {
	s, a := &y.SNMP, &t.SNMP
	if s.User.V == "" {
		l.add(s.Key("version"), fmt.Sprintf("device %q: SNMP v3 needs a user", y.ID.V), "add user: NAME")
	}
	for _, c := range []strict.Str{s.Community, s.CommunitySecret} {
		if c.V != "" {
			l.add(c.Place, "a community belongs to versions 1 and 2c", "remove it")
		}
	}
	a.Level = pick(s.Level.V, "authPriv")
	l.oneOf(s.Level, a.Level, "snmp.level", levels)
	if a.Level == "noAuthNoPriv" {
		l.warn(s.At("level"), fmt.Sprintf("device %q is polled without authentication: anybody can forge its answers", y.ID.V), "use level: authPriv where the device can")
		return
	}
	a.AuthProto = pick(s.Auth.V, "SHA-256")
	l.oneOf(s.Auth, a.AuthProto, "snmp.auth", authProtocols)
	a.AuthPass = l.passphrase(y, s.AuthSecret, "auth_secret")
	if a.AuthProto == "MD5" {
		l.warn(s.Auth.Place, "MD5 is broken", "use SHA-256 where the device can")
	}
	if a.Level != "authPriv" {
		return
	}
	a.PrivProto = pick(s.Priv.V, "AES-128")
	l.oneOf(s.Priv, a.PrivProto, "snmp.priv", privProtocols)
	a.PrivPass = l.passphrase(y, s.PrivSecret, "priv_secret")
	if a.PrivProto == "DES" {
		l.warn(s.Priv.Place, "DES is broken", "use AES-128 where the device can")
	}
}

// passphrase resolves a v3 secret; RFC 3414 section 11.2 wants eight characters.
func (l *loader) passphrase(y *deviceYAML, s strict.Str, key string) collectors.Secret {
	if s.V == "" {
		l.add(y.SNMP.Key("version"), fmt.Sprintf("device %q: snmp.%s is missing", y.ID.V, key), "name a secret and set it with `nezuban secrets set NAME`")
		return ""
	}
	v := l.secretName(s)
	if v != "" && len(v.Reveal()) < 8 {
		l.add(s.Place, fmt.Sprintf("the secret %q is shorter than the 8 characters that SNMP v3 asks for", s.V), "")
	}
	return v
}

func (l *loader) agent(y *deviceYAML, t *collectors.Target) {
	a := &y.Agent
	if a.URL.V == "" {
		l.add(a.Node.Place().Or(y.Node.Place()), fmt.Sprintf("device %q: agent.url is missing", y.ID.V), "for example agent: {url: https://srv-01:9100/metrics}")
		return
	}
	u, err := url.Parse(a.URL.V)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		l.add(a.URL.Place, fmt.Sprintf("agent.url %q is no web address", a.URL.V), "for example https://srv-01:9100/metrics")
	case u.User != nil:
		l.add(a.URL.Place, "agent.url holds a password", "use token_secret")
	case u.Scheme == "http" && a.TokenSecret.V != "" && !loopback(u.Host):
		l.add(a.URL.Place, "the token would cross the network in clear", "use https")
	}
	t.Address = a.URL.V
	t.Agent = collectors.AgentAccess{Token: l.secretName(a.TokenSecret)}
	for _, f := range []struct {
		file strict.Str
		to   *string
		key  string
	}{{a.CA, &t.Agent.CAFile, "ca"}, {a.Cert, &t.Agent.CertFile, "cert"}, {a.Key, &t.Agent.KeyFile, "key"}} {
		if f.file.V == "" {
			continue
		}
		*f.to = l.path(f.file.V)
		if _, err := os.Stat(*f.to); err != nil {
			l.add(f.file.Place, fmt.Sprintf("agent.%s: %s: %s", f.key, f.file.V, reason(err)), "")
		}
	}
	if (a.Cert.V == "") != (a.Key.V == "") {
		l.add(a.Node.Place(), "agent.cert and agent.key belong together", "give both or neither")
	}
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$`)

// address reads "host", "host:port" or an IPv6 address, with or without
// brackets; port 161 is the default (RFC 3417).
func (l *loader) address(y *deviceYAML) string {
	s := y.Address
	if s.V == "" {
		l.add(y.Node.Place(), fmt.Sprintf("device %q has no address", y.ID.V), "for example address: 192.0.2.10 or address: 192.0.2.10:161")
		return ""
	}
	if a, err := netip.ParseAddr(strings.Trim(s.V, "[]")); err == nil {
		return net.JoinHostPort(a.String(), "161")
	}
	host, port, err := net.SplitHostPort(s.V)
	if err != nil {
		host, port = s.V, "161"
	}
	n, perr := strconv.Atoi(port)
	_, aerr := netip.ParseAddr(host)
	name := hostName.MatchString(host) && len(host) <= 253 && !onlyDigits(host)
	if perr != nil || n < 1 || n > 65535 || aerr != nil && !name {
		l.add(s.Place, fmt.Sprintf("address %q is neither an IP address nor a host name with an optional port", s.V), "for example 192.0.2.10, [2001:db8::10]:161 or ups-a1.example.net")
		return ""
	}
	return net.JoinHostPort(host, port)
}

// onlyDigits catches mistyped IPv4 addresses, which would pass as host names.
func onlyDigits(s string) bool { return strings.Trim(s, "0123456789.") == "" }

// oneOf reports a value that is not among the known ones.
func (l *loader) oneOf(s strict.Str, value, key string, known []string) {
	if !slices.Contains(known, value) {
		l.add(s.Place, fmt.Sprintf("%s %q is not known", key, value), strict.Suggest(value, known))
	}
}

func pick(own, def string) string {
	if own != "" {
		return own
	}
	return def
}
