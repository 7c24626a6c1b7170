package main

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A webhook that is older, or newer, is rejected: somebody may have recorded it.
const tolerance = 5 * time.Minute

// Checks the signature of a webhook (https://www.standardwebhooks.com).
type webhookVerifier struct{ key []byte }

func newWebhookVerifier(secret string) (webhookVerifier, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	return webhookVerifier{key}, err
}

func (v webhookVerifier) verify(header http.Header, body []byte, now time.Time) error {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" {
		return errors.New("a header is missing or malformed")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return errors.New("the webhook is too old or too new")
	}
	mac := hmac.New(sha256.New, v.key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	expected := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	// The relay signs with each of its secrets, so that a secret can be changed.
	for _, signature := range strings.Split(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(signature), expected) {
			return nil
		}
	}
	return errors.New("no signature matches")
}

// What a proof says. Its audience is the name of your API key, its subject the session.
type proofClaims struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Subject   string `json:"sub"`
	ID        string `json:"jti"`
	Outcome   string `json:"outcome"`
	Reason    string `json:"reason"`
	Final     bool   `json:"final"`
	IssuedAt  int64  `json:"iat"`
	ExpiresAt int64  `json:"exp"`
}

var (
	errProof  = errors.New("the proof is not valid")
	errNoKeys = errors.New("the relay's keys can't be read")
)

// Checks proofs: JWTs that the relay signs with Ed25519. Its public keys are at /.well-known/jwks.json. A library such as
// github.com/golang-jwt/jwt can replace this.
type proofVerifier struct {
	keysURL, issuer, audience string
	client                    *http.Client

	lock sync.Mutex
	keys map[string]ed25519.PublicKey
	read time.Time
}

func (v *proofVerifier) verify(proof string, now time.Time) (*proofClaims, error) {
	parts := strings.Split(proof, ".")
	if len(parts) != 3 {
		return nil, errProof
	}
	var header struct{ Alg, Typ, Kid string }
	claims := &proofClaims{}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || decodePart(parts[0], &header) != nil || decodePart(parts[1], claims) != nil {
		return nil, errProof
	}
	// The algorithm is fixed here. Never take it from the token.
	if header.Alg != "EdDSA" || header.Typ != "akiba-verdict+jwt" {
		return nil, errProof
	}
	key, err := v.key(header.Kid, now)
	if err != nil {
		return nil, err
	}
	if key == nil || !ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), signature) {
		return nil, errProof
	}
	const leeway = 60
	if claims.Issuer != v.issuer || claims.Audience != v.audience || claims.ID == "" || claims.Outcome == "" ||
		claims.ExpiresAt <= now.Unix() || claims.IssuedAt > now.Unix()+leeway {
		return nil, errProof
	}
	return claims, nil
}

func decodePart(part string, into any) error {
	text, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// Returns the relay's key with this id. Reads the keys again if it is unknown, but not for every forged token.
func (v *proofVerifier) key(id string, now time.Time) (ed25519.PublicKey, error) {
	v.lock.Lock()
	defer v.lock.Unlock()
	if v.keys[id] == nil && now.Sub(v.read) > 10*time.Second {
		response, err := v.client.Get(v.keysURL)
		if err != nil {
			return nil, errNoKeys
		}
		defer response.Body.Close()
		var set struct {
			Keys []struct{ Kty, Crv, Kid, X string }
		}
		if response.StatusCode != http.StatusOK || json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(&set) != nil {
			return nil, errNoKeys
		}
		v.keys, v.read = map[string]ed25519.PublicKey{}, now
		for _, key := range set.Keys {
			x, err := base64.RawURLEncoding.DecodeString(key.X)
			if err == nil && key.Kty == "OKP" && key.Crv == "Ed25519" && len(x) == ed25519.PublicKeySize {
				v.keys[key.Kid] = x
			}
		}
	}
	return v.keys[id], nil
}
