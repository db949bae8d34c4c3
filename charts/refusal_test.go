package charts_test

import (
	"strings"
	"testing"
)

func TestValuesThatCannotBeMeantAreRefusedWithWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		flavour string
		given   map[string]any
		says    string
	}{
		"several on one file":          {"sqlite", map[string]any{"replicas": 2}, "maximum: got 2, want 1"},
		"a name that is none":          {"sqlite", map[string]any{"replica": 2}, "additional properties 'replica' not allowed"},
		"one further down":             {"sqlite", map[string]any{"store.sqlite.sise": "1Gi"}, "additional properties 'sise' not allowed"},
		"a secret in a value":          {"sqlite", map[string]any{"github.webhookSecret": "s3cr3t"}, "additional properties 'webhookSecret' not allowed"},
		"a secret among the variables": {"sqlite", map[string]any{"extraEnv": []any{map[string]any{"name": "NEXUSGATE_GITLAB_TOKEN", "value": "glpat"}}}, "/extraEnv/0"},
		"where a room is":              {"sqlite", map[string]any{"extraEnv": []any{map[string]any{"name": "NEXUSGATE_SLACK_ROOM", "value": "https://hooks.slack.com/services/T0/B0/s3cr3t"}}}, "/extraEnv/0"},
		"where a bus is":               {"sqlite", map[string]any{"extraEnv": []any{map[string]any{"name": "NEXUSGATE_CLOUDEVENTS_BUS", "value": "https://bus.example.com/s3cr3t"}}}, "/extraEnv/0"},
		"what a collector is told":     {"sqlite", map[string]any{"extraEnv": []any{map[string]any{"name": "OTEL_EXPORTER_OTLP_HEADERS", "value": "authorization=Bearer s3cr3t"}}}, "/extraEnv/0"},
		"a password for all to read":   {"sqlite", map[string]any{"extraArgs": []any{"--store=postgres://gate:s3cr3t@db/gate"}}, "/extraArgs/0"},
		"another store":                {"sqlite", map[string]any{"store.kind": "mysql"}, "/store/kind"},
		"a database and no Secret":     {"postgres", map[string]any{"store.postgres.secret": ""}, "name the Secret with the DSN in store.postgres.secret"},
		"no definition":                {"postgres", map[string]any{"definitions.homes": []any{}}, "there is no definition to serve"},
		"definitions from two places":  {"sqlite", map[string]any{"definitions.existing.configMap": "a"}, "give one of them"},
		"a ConfigMap and no file":      {"postgres", map[string]any{"definitions.existing.configMap": "a"}, "which of its keys are definitions"},
		"pages for nobody":             {"sqlite", map[string]any{"public": false}, "have people log in with login.issuer, or say with public: true"},
		"pages for two":                {"postgres", map[string]any{"public": true}, "contradict each other"},
		"half a login":                 {"postgres", map[string]any{"login.secret": ""}, "give login.clientID, login.secret, login.allow and url too"},
		"statements of nobody":         {"sqlite", map[string]any{"attest.secret": "a"}, "give url too"},
		"keys beside none":             {"sqlite", map[string]any{"attest.also": []any{"old.pem"}}, "give attest.secret too"},
		"an Ingress for no host":       {"sqlite", map[string]any{"ingress.enabled": true}, "give ingress.host"},
		"less than a week":             {"sqlite", map[string]any{"serve.keepDays": 3}, "/serve/keepDays"},
	} {
		given := values(t, c.flavour)
		for path, value := range c.given {
			set(given, path, value)
		}
		if _, err := render(load(t), given); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want %s", name, err, c.says)
		}
	}
}

// Who skips the schema is refused by the template, in words.
func TestSeveralReplicasOnOneFileAreRefusedWithoutTheSchemaToo(t *testing.T) {
	c, given := load(t), values(t, "sqlite")
	c.Schema = nil
	set(given, "replicas", 2)
	_, err := render(c, given)
	if err == nil || !strings.Contains(err.Error(), "replicas is 2, and a SQLite file is one service's: give replicas: 1, or store.kind: postgres") {
		t.Errorf("%v; want a refusal", err)
	}
}

func TestAFileThatHoldsASecretMayBeNamed(t *testing.T) {
	given := values(t, "sqlite")
	set(given, "extraEnv", []any{map[string]any{"name": "NEXUSGATE_SLACK_ROOM_FILE", "value": "/etc/nexusgate/rooms/room"}})
	set(given, "extraArgs", []any{"--log-format=json"})
	mustRender(t, load(t), given)
}
