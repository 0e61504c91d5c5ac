package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"nezuban/internal/facility"
)

// smtpSender sends notices as mail (RFC 5321). TLS is required, from the first
// byte (smtps) or by STARTTLS, unless the channel says otherwise.
type smtpSender struct {
	channel  Channel
	host     string
	options  []mail.Option
	zone     *time.Location
	language string // of people who have not chosen
}

func newSMTP(c Channel, zone *time.Location, language string) (*smtpSender, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("channel %s: its url must be smtp://host:port or smtps://host:port", c.Name)
	}
	conf, err := tlsConfig(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("channel %s: %w", c.Name, err)
	}
	conf.ServerName = u.Hostname()
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		port = map[string]int{"smtps": 465}[u.Scheme]
		if port == 0 {
			port = 587
		}
	}
	s := &smtpSender{channel: c, host: u.Hostname(), zone: zone, language: language}
	s.options = []mail.Option{mail.WithPort(port), mail.WithTimeout(attemptTimeout), mail.WithTLSConfig(conf), mail.WithoutNoop()}
	switch {
	case u.Scheme == "smtps":
		s.options = append(s.options, mail.WithSSL())
	case c.Plain:
		s.options = append(s.options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		s.options = append(s.options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if c.User != "" {
		s.options = append(s.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.User), mail.WithPassword(string(c.Secret)))
	}
	return s, nil
}

func (s *smtpSender) send(ctx context.Context, d *delivery) error {
	msg, err := s.compose(d)
	if err != nil {
		return &refusal{err}
	}
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("mail server %s: %w", s.host, err)
	}
	err = client.Send(msg)
	_ = client.Close() // the server has taken the message or not; its farewell changes nothing
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return s.judge(err)
}

// judge parts what the server refused for this receiver for good (5xx to RCPT or
// DATA) from what may pass: connections, logins, a sender it does not like today.
func (s *smtpSender) judge(err error) error {
	wrapped := fmt.Errorf("mail server %s: %w", s.host, err)
	var se *mail.SendError
	if !errors.As(err, &se) || se.IsTemp() || se.ErrorCode() < 500 {
		return wrapped
	}
	switch se.Reason {
	case mail.ErrSMTPRcptTo, mail.ErrSMTPData, mail.ErrSMTPDataClose:
		return &refusal{wrapped}
	}
	return wrapped
}

// messageID is fixed for a notice: RFC 5322, 3.6.4, the sender's domain on the
// right.
func (s *smtpSender) messageID(notice string) string {
	domain := "nezuban.invalid"
	if at := strings.LastIndexByte(s.channel.From, '@'); at >= 0 {
		domain = strings.Trim(s.channel.From[at+1:], "> ")
	}
	return notice + "@" + domain
}

func (s *smtpSender) compose(d *delivery) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.From(s.channel.From); err != nil {
		return nil, fmt.Errorf("channel %s: its sender is no mail address", s.channel.Name)
	}
	address := d.msg.To.Address
	if strings.ContainsAny(address, "\r\n") {
		return nil, fmt.Errorf("the address of %s is no mail address", d.notice.Target)
	}
	if err := m.To(address); err != nil {
		return nil, fmt.Errorf("the address of %s is no mail address", d.notice.Target)
	}
	lang := s.language
	if l := d.lang; l != "" {
		lang = l
	}
	m.SetDateWithValue(d.now.In(s.zone))
	m.SetMessageIDWithValue(s.messageID(d.notice.ID))
	if d.first != "" && d.first != d.notice.ID {
		m.SetGenHeader(mail.HeaderReferences, "<"+s.messageID(d.first)+">")
		m.SetGenHeader(mail.HeaderInReplyTo, "<"+s.messageID(d.first)+">")
	}
	m.SetGenHeader(mail.Header(HeaderNotice), d.notice.ID)
	m.SetGenHeader(mail.Header("Auto-Submitted"), "auto-generated") // RFC 3834
	if d.notice.Priority == facility.P1 {
		m.SetImportance(mail.ImportanceUrgent)
	}
	m.Subject(line(d.msg.Subject.In(lang), maxSubject)) // one line: no header can begin in it
	m.SetBodyString(mail.TypeTextPlain, mailBody(lang, d.msg, s.zone))
	return m, nil
}
