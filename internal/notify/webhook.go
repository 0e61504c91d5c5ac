package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Headers of a webhook request. The signature is the hexadecimal HMAC-SHA256,
// under the channel's secret, of the time stamp (Unix seconds), a full stop and
// the body; a receiver refuses one whose time stamp is minutes old.
const (
	HeaderNotice    = "Nezuban-Notice-Id"
	HeaderTimestamp = "Nezuban-Timestamp"
	HeaderSignature = "Nezuban-Signature" // "v1=" and the signature
)

// Sign makes the value of HeaderSignature.
func Sign(key Secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(string(key)))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook sends notices as POST requests.
type webhook struct {
	channel Channel
	client  *http.Client
}

func (h *webhook) send(ctx context.Context, d *delivery) error {
	body, err := h.body(d)
	if err != nil {
		return &refusal{fmt.Errorf("the template made no body: %w", err)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.channel.URL, bytes.NewReader(body))
	if err != nil {
		return &refusal{fmt.Errorf("channel %s: its url is no web address", h.channel.Name)}
	}
	kind := "text/plain; charset=utf-8"
	if json.Valid(body) {
		kind = "application/json"
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "nezuban")
	req.Header.Set(HeaderNotice, d.notice.ID)
	if h.channel.Secret != "" {
		stamp := strconv.FormatInt(d.now.UTC().Truncate(time.Second).Unix(), 10)
		req.Header.Set(HeaderTimestamp, stamp)
		req.Header.Set(HeaderSignature, Sign(h.channel.Secret, stamp, body))
	}
	return deliver(h.client, req, d.now)
}

func (h *webhook) body(d *delivery) ([]byte, error) {
	if h.channel.Template != nil {
		return h.channel.Template.Render(d.msg)
	}
	return json.Marshal(d.msg)
}
