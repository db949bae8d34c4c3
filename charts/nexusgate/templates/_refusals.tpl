{{/* What a schema cannot say, or not so that one knows what to do. */}}
{{- define "nexusgate.refusals" -}}
{{- with .Values }}
{{- if and (eq .store.kind "sqlite") (gt (int .replicas) 1) }}
{{- fail (printf "replicas is %d, and a SQLite file is one service's: give replicas: 1, or store.kind: postgres for several" (int .replicas)) }}
{{- end }}
{{- if and (eq .store.kind "postgres") (not .store.postgres.secret) }}
{{- fail "store.kind is postgres: name the Secret with the DSN in store.postgres.secret" }}
{{- end }}
{{- if not (or .definitions.files .definitions.existing.configMap .definitions.homes) }}
{{- fail "there is no definition to serve: give definitions.files, definitions.existing or definitions.homes" }}
{{- end }}
{{- if and .definitions.files .definitions.existing.configMap }}
{{- fail "definitions.files and definitions.existing are both given: give one of them" }}
{{- end }}
{{- if and .definitions.existing.configMap (not .definitions.existing.files) }}
{{- fail "definitions.existing.configMap is given: say in definitions.existing.files which of its keys are definitions" }}
{{- end }}
{{- if and .login.issuer .public }}
{{- fail "login.issuer and public contradict each other: give the one that is meant" }}
{{- end }}
{{- if not (or .login.issuer .public) }}
{{- fail "the pages name private repositories: have people log in with login.issuer, or say with public: true that something in front of the Service keeps others out" }}
{{- end }}
{{- if and .login.issuer (not (and .login.clientID .login.secret .login.allow .url)) }}
{{- fail "login.issuer is given: give login.clientID, login.secret, login.allow and url too" }}
{{- end }}
{{- if and .attest.secret (not .url) }}
{{- fail "attest.secret is given: a statement names who signed it, so give url too" }}
{{- end }}
{{- if and .attest.also (not .attest.secret) }}
{{- fail "attest.also publishes keys beside the one that signs: give attest.secret too" }}
{{- end }}
{{- if and .ingress.enabled (not .ingress.host) }}
{{- fail "ingress.enabled is true: give ingress.host" }}
{{- end }}
{{- end }}
{{- end }}
