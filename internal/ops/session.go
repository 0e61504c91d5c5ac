package ops

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/records"
	"nezuban/internal/text"
)

const languagePreference = "language"

// Languages that a person can choose.
var Languages = []string{"en", "ja"}

// A Session is one console of one person.
type Session struct {
	ID     string
	Person string // id
	Key    string // fingerprint of the SSH key; "" in the foreground
	Addr   string // where from
	Since  time.Time
}

// Login begins a session of a person whom the caller has recognised, and notes
// it. It is never held up by records that cannot be written: watching must be
// possible then; the note waits.
func (s *Service) Login(ctx context.Context, p duty.Person, keyFingerprint, addr string) (sessionID string, err error) {
	defer func() { s.metrics.command("login", err) }()
	if !s.may(p, duty.Roles...) {
		return "", duty.Refuse(duty.NotAllowed, "log in: only people named in people.yaml with a role")
	}
	session := Session{ID: newToken(), Person: p.ID, Since: s.clock.Now().UTC()}
	session.Key, _ = text.Clean(keyFingerprint, 100)
	session.Addr, _ = text.Clean(addr, 100)
	s.mu.Lock()
	s.sessions[session.ID] = session
	s.mu.Unlock()
	s.enqueue(ctx, &item{note: &note{person(p.ID), "session.login", session.ID,
		map[string]any{"key": session.Key, "addr": session.Addr, "roles": p.Roles}}})
	return session.ID, nil
}

// Logout ends a session, for a reason such as "quit", "disconnected" or
// "daemon stops". An unknown session is left alone.
func (s *Service) Logout(ctx context.Context, sessionID, reason string) {
	s.mu.Lock()
	session, ok := s.sessions[sessionID]
	delete(s.sessions, sessionID)
	s.mu.Unlock()
	if !ok {
		return
	}
	reason, _ = text.Clean(reason, 100)
	s.enqueue(ctx, &item{note: &note{person(session.Person), "session.logout", sessionID, map[string]any{
		"reason": reason, "seconds": int64(s.clock.Now().Sub(session.Since).Seconds())}}})
}

// Sessions returns the open sessions, the oldest first.
func (s *Service) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Session
	for _, session := range s.sessions {
		out = append(out, session)
	}
	slices.SortFunc(out, func(a, b Session) int {
		if c := a.Since.Compare(b.Since); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// SetLanguage keeps the language in which a person wants to be spoken to.
func (s *Service) SetLanguage(ctx context.Context, p duty.Person, language string) (err error) {
	defer func() { s.metrics.command("set_language", err) }()
	switch {
	case !s.may(p, duty.Roles...):
		return duty.Refuse(duty.NotAllowed, "set language: only people named in people.yaml with a role")
	case !slices.Contains(Languages, language):
		return duty.Refuse(duty.Invalid, "set language: %q; choose one of %s", language, strings.Join(Languages, ", "))
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	err = s.overtake(ctx, &item{
		extra: func(tx *records.Tx) error { return tx.SetPreference(p.ID, languagePreference, language) },
		note:  &note{person(p.ID), "preference.language", p.ID, map[string]any{"language": language}},
	})
	if err != nil {
		return duty.Refuse(duty.Unavailable, "set language: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.language[p.ID] = language
	return nil
}

// Language is what a person chose; where they did not, what people.yaml says,
// which may be "" for the site's.
func (s *Service) Language(p duty.Person) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.language[p.ID]; l != "" {
		return l
	}
	return p.Language
}

// auditReadLimit bounds one answer.
const auditReadLimit = 1000

// Audit returns at most limit entries (no more than 1,000) from fromSeq on. It
// needs the auditor's, the manager's or the admin's role. A broken chain answers
// with the entries before the break and an error that is records.ErrDamaged.
func (s *Service) Audit(ctx context.Context, p duty.Person, fromSeq int64, limit int) (entries []duty.AuditEntry, err error) {
	defer func() { s.metrics.command("audit", err) }()
	if !s.may(p, duty.Auditor, duty.Manager, duty.Admin) {
		return nil, duty.Refuse(duty.NotAllowed, "read audit: needs the role auditor, manager or admin")
	}
	if limit < 1 || limit > auditReadLimit {
		limit = auditReadLimit
	}
	return s.store.Audit(ctx, fromSeq, limit)
}

// newToken is a random name.
func newToken() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func person(id string) duty.Actor { return duty.Actor{Kind: "person", ID: id} }
