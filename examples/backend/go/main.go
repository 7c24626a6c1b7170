// A bank's back end for <akiba-selfie>. It serves the page, creates a session at the relay, accepts a verdict from the
// relay's webhook or from a proof, and returns it. It needs only Go's standard library. Its settings come from the
// environment: see ../README.md.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A session as the relay knows it.
type session struct {
	ID        string    `json:"session_id"`
	Token     string    `json:"session_token"`
	State     string    `json:"state"`
	ExpiresAt time.Time `json:"expires_at"`
	Verdict   *struct {
		Outcome string `json:"outcome"`
		Final   bool   `json:"final"`
	} `json:"verdict"`
}

type verdict struct {
	State   string  `json:"state"`
	Outcome *string `json:"outcome"`
	Final   bool    `json:"final"`
}

type customer struct {
	sync.Mutex
	number, nationalID, session, token string
}

// The bank. STUB: the maps are your database. They are lost when the process ends.
type bank struct {
	relayURL, apiKey, nationalID string
	webhooks                     webhookVerifier
	proofs                       *proofVerifier
	client                       *http.Client

	lock      sync.Mutex
	customers map[string]*customer
	verdicts  map[string]verdict
	seen      map[string]bool
}

var errUnknown = errors.New("the relay does not know the session")

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	relayURL, apiKey, secret := os.Getenv("RELAY_URL"), os.Getenv("AKIBA_API_KEY"), os.Getenv("AKIBA_WEBHOOK_SECRET")
	if relayURL == "" || apiKey == "" || secret == "" {
		log.Fatal("set RELAY_URL, AKIBA_API_KEY and AKIBA_WEBHOOK_SECRET")
	}
	webhooks, err := newWebhookVerifier(secret)
	if err != nil {
		log.Fatal("AKIBA_WEBHOOK_SECRET must be whsec_ and base64")
	}
	relay, err := url.Parse(relayURL)
	if err != nil {
		log.Fatal("RELAY_URL must be a URL")
	}
	client := &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	b := &bank{
		relayURL: relayURL, apiKey: apiKey, nationalID: env("NATIONAL_ID", "0000000000001"),
		webhooks: webhooks, client: client,
		proofs: &proofVerifier{
			keysURL: relayURL + "/.well-known/jwks.json", client: client,
			issuer: env("PROOF_ISSUER", "akiba-relay"), audience: env("AKIBA_KEY_NAME", "bank"),
		},
		customers: map[string]*customer{}, verdicts: map[string]verdict{}, seen: map[string]bool{},
	}
	policy := fmt.Sprintf("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; "+
		"media-src 'self' blob:; connect-src 'self' %s://%s %s; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		relay.Scheme, relay.Host, env("UPLOADS", "https://*.amazonaws.com"))

	mux := http.NewServeMux()
	mux.Handle("/akiba-selfie/", http.StripPrefix("/akiba-selfie/", http.FileServer(http.Dir(env("WIDGET", "../../../build/package")))))
	mux.Handle("/page/", http.StripPrefix("/page/", http.FileServer(http.Dir("../page"))))
	mux.HandleFunc("/", b.page)
	mux.HandleFunc("/selfie-session", only(http.MethodPost, b.selfieSession))
	mux.HandleFunc("/selfie-proof", only(http.MethodPost, b.proof))
	mux.HandleFunc("/hooks/akiba", only(http.MethodPost, b.hook))
	mux.HandleFunc("/verdict", only(http.MethodGet, b.verdict))
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy": policy,
			"Cache-Control":           "no-store",
			"Permissions-Policy":      "camera=(self)",
			"Referrer-Policy":         "no-referrer",
			"X-Content-Type-Options":  "nosniff",
		} {
			w.Header().Set(name, value)
		}
		mux.ServeHTTP(w, r)
	})
	server := &http.Server{Addr: "127.0.0.1:" + env("PORT", "3000"), Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func only(method string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		next(w, r)
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// STUB: your login. Here each browser is another customer, and all have the same national id.
func (b *bank) customer(w http.ResponseWriter, r *http.Request) *customer {
	b.lock.Lock()
	defer b.lock.Unlock()
	if cookie, err := r.Cookie("login"); err == nil && b.customers[cookie.Value] != nil {
		return b.customers[cookie.Value]
	}
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		panic(err)
	}
	login := hex.EncodeToString(random)
	b.customers[login] = &customer{number: fmt.Sprintf("customer-%d", len(b.customers)+1), nationalID: b.nationalID}
	http.SetCookie(w, &http.Cookie{
		Name: "login", Value: login, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	})
	return b.customers[login]
}

// Calls the relay with the API key, which never goes to a page.
func (b *bank) relay(method, path string, body any) (*session, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, b.relayURL+path, content)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+b.apiKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := b.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotFound {
		return nil, errUnknown
	}
	if response.StatusCode/100 != 2 {
		return nil, fmt.Errorf("the relay answered %d", response.StatusCode)
	}
	found := &session{}
	return found, json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(found)
}

func (b *bank) relayFailed(w http.ResponseWriter, err error) {
	log.Print("the relay: ", err)
	answer(w, http.StatusServiceUnavailable, map[string]string{"error": "try again later"})
}

func (b *bank) page(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	html, err := os.ReadFile(filepath.Join("..", "page", "index.html"))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	b.customer(w, r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, strings.ReplaceAll(string(html), "{{relay}}", b.relayURL))
}

// Returns the session's token to the page. The identifier comes from the login, never from the page.
func (b *bank) selfieSession(w http.ResponseWriter, r *http.Request) {
	who := b.customer(w, r)
	// Two requests at once get the same session. STUB: lock the customer's row.
	who.Lock()
	defer who.Unlock()
	if who.session != "" {
		last, err := b.relay(http.MethodGet, "/v1/sessions/"+who.session, nil)
		switch {
		case errors.Is(err, errUnknown):
		case err != nil:
			b.relayFailed(w, err)
			return
		// Either the verdict is final, or the vendor may have judged already and would bill again. Someone at the bank
		// has to decide.
		case (last.Verdict != nil && last.Verdict.Final) || last.State == "verifying" || last.State == "unknown":
			answer(w, http.StatusConflict, map[string]string{"error": "the last check is " + last.State})
			return
		// Try again in the same session, as it counts the tries. A new session would start at zero.
		case last.Verdict != nil || last.ExpiresAt.After(time.Now()):
			answer(w, http.StatusOK, map[string]string{"token": who.token})
			return
		}
	}
	wanted := map[string]string{"identifier": who.nationalID, "type": "1", "reference": who.number}
	created, err := b.relay(http.MethodPost, "/v1/sessions", wanted)
	if err != nil {
		b.relayFailed(w, err)
		return
	}
	who.session, who.token = created.ID, created.Token
	answer(w, http.StatusOK, map[string]string{"token": who.token})
}

var sessionID = regexp.MustCompile(`^ses_[0-9a-f]{1,64}$`)

// Receives the relay's webhook. A valid one only says that there is news: the verdict comes from the relay.
func (b *bank) hook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 16_384))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	var event struct{ Data struct{ Session_ID string } }
	if b.webhooks.verify(r.Header, body, time.Now()) != nil || json.Unmarshal(body, &event) != nil ||
		!sessionID.MatchString(event.Data.Session_ID) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	// A webhook may arrive more than once. If the relay can't be reached, the 503 makes it send the webhook again.
	id := r.Header.Get("webhook-id")
	b.lock.Lock()
	seen := b.seen[id]
	b.lock.Unlock()
	if !seen {
		known, err := b.relay(http.MethodGet, "/v1/sessions/"+event.Data.Session_ID, nil)
		if err != nil && !errors.Is(err, errUnknown) {
			b.relayFailed(w, err)
			return
		}
		b.lock.Lock()
		if err == nil {
			told := verdict{State: known.State}
			if known.Verdict != nil {
				told.Outcome, told.Final = &known.Verdict.Outcome, known.Verdict.Final
			}
			b.verdicts[known.ID] = told
		}
		b.seen[id] = true
		b.lock.Unlock()
	}
	w.WriteHeader(http.StatusNoContent)
}

// Accepts a proof from the page: the relay's signature makes the verdict true, whoever brings it.
func (b *bank) proof(w http.ResponseWriter, r *http.Request) {
	who := b.customer(w, r)
	var sent struct{ Proof string }
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 16_384)).Decode(&sent) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	claims, err := b.proofs.verify(sent.Proof, time.Now())
	if errors.Is(err, errNoKeys) {
		b.relayFailed(w, err)
		return
	}
	who.Lock()
	session := who.session
	who.Unlock()
	// Not this customer's session: a proof is good only for the person whom the bank asked about.
	if err != nil || session == "" || claims.Subject != session {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	// Each proof counts once. STUB: a unique column.
	if b.seen[claims.ID] {
		w.WriteHeader(http.StatusConflict)
		return
	}
	b.seen[claims.ID] = true
	// An older proof must not replace a final verdict.
	if !b.verdicts[session].Final {
		b.verdicts[session] = verdict{State: claims.Outcome, Outcome: &claims.Outcome, Final: claims.Final}
	}
	w.WriteHeader(http.StatusNoContent)
}

// Returns the verdict that the bank has. Base a decision about money on this, on the server, and never on what the page
// says. After a rejection that is not final, the customer can still be verified.
func (b *bank) verdict(w http.ResponseWriter, r *http.Request) {
	who := b.customer(w, r)
	who.Lock()
	session := who.session
	who.Unlock()
	b.lock.Lock()
	known, found := b.verdicts[session]
	b.lock.Unlock()
	if !found {
		known.State = "open"
	}
	answer(w, http.StatusOK, known)
}
