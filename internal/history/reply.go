package history

import (
	"encoding/json"
	"net/http"
)

// Error types of Prometheus' HTTP API.
const (
	errBadData     = "bad_data"
	errExecution   = "execution"
	errUnavailable = "unavailable"
	errTimeout     = "timeout"
	errCanceled    = "canceled"
)

type reply struct {
	Status    string   `json:"status"`
	Data      any      `json:"data,omitempty"`
	ErrorType string   `json:"errorType,omitempty"`
	Error     string   `json:"error,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
}

func sendData(w http.ResponseWriter, data any, warnings ...string) {
	send(w, http.StatusOK, reply{Status: "success", Data: data, Warnings: warnings})
}

func sendError(w http.ResponseWriter, kind, text string) {
	code := map[string]int{errBadData: 400, errExecution: 422, errUnavailable: 503, errTimeout: 503, errCanceled: 499}[kind]
	send(w, code, reply{Status: "error", ErrorType: kind, Error: text})
}

func send(w http.ResponseWriter, code int, r reply) {
	body, err := json.Marshal(r)
	if err != nil {
		code, body = http.StatusInternalServerError, []byte(`{"status":"error","errorType":"internal","error":"encode answer"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(body) // the client has gone; there is nobody to tell
}
