package forgetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// logKept is for how long GitHub keeps the log of an App's webhook.
const logKept = 3 * 24 * time.Hour

// logged are the attempts that the log has, the newest first.
func (g *GitHub) logged() []Delivery {
	var kept []Delivery
	for _, d := range slices.Backward(g.log) {
		if d.tried && g.now().Sub(d.At) < logKept {
			kept = append(kept, d)
		}
	}
	return kept
}

func (g *GitHub) listDeliveries(c *call, _ claims) reply {
	all, size := g.logged(), 30
	if n, err := strconv.Atoi(c.URL.Query().Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	if cursor := c.URL.Query().Get("cursor"); cursor != "" {
		last, err := strconv.ParseInt(cursor, 10, 64)
		if err != nil {
			return refuse(http.StatusUnprocessableEntity, "Invalid cursor")
		}
		all = slices.DeleteFunc(all, func(d Delivery) bool { return d.Attempt >= last })
	}
	answer := reply{status: http.StatusOK}
	shown := []object{}
	for _, d := range all[:min(size, len(all))] {
		shown = append(shown, d.object())
	}
	if len(all) > size {
		query := c.URL.Query()
		query.Set("cursor", strconv.FormatInt(all[size-1].Attempt, 10))
		answer.header = map[string]string{"Link": fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, c.Host, c.URL.EscapedPath(), query.Encode())}
	}
	answer.body = shown
	return answer
}

// object is an attempt as the log lists it. One with no answer bears the status of a gateway.
func (d Delivery) object() object {
	var body struct {
		Action     *string `json:"action"`
		Repository struct {
			ID *int64 `json:"id"`
		} `json:"repository"`
		Installation struct {
			ID *int64 `json:"id"`
		} `json:"installation"`
	}
	_ = json.Unmarshal(d.Body, &body) // the stand-in's own
	word := "OK"
	switch {
	case d.Status == 0:
		word = d.Fault
	case d.Status < 200 || d.Status > 299:
		word = fmt.Sprintf("Invalid HTTP Response: %d", d.Status)
	}
	return object{
		"id": d.Attempt, "guid": d.ID, "delivered_at": instant(d.At), "redelivery": d.Again, "duration": 0.1,
		"status": word, "status_code": cmp.Or(d.Status, http.StatusBadGateway), "event": d.Event, "action": body.Action,
		"installation_id": body.Installation.ID, "repository_id": body.Repository.ID, "throttled_at": nil,
	}
}

// redeliver delivers once more what an attempt of the last three days was to bring, under the same key.
func (g *GitHub) redeliver(c *call, _ claims) reply {
	for _, d := range g.logged() {
		if d.Attempt == c.number("id") {
			c.out.waiting = append(c.out.waiting, Delivery{ID: d.ID, Event: d.Event, Body: d.Body, Again: true})
			return reply{status: http.StatusAccepted, body: object{}}
		}
	}
	return refuse(http.StatusNotFound, "Not Found")
}

func (g *GitHub) readHook(*call, claims) reply {
	return reply{status: http.StatusOK, body: object{
		"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": g.hook.url,
	}}
}
