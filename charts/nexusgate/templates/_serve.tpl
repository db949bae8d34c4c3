{{/* The command line: nothing secret, for whoever lists the processes reads it. */}}
{{- define "nexusgate.args" -}}
- serve
- --listen=:8080
- --webhook-listen=:8081
- --metrics-listen=:9090
{{- if eq .Values.store.kind "sqlite" }}
- --store=sqlite:/data/nexusgate.db
{{- end }}
{{- range $name, $_ := .Values.definitions.files }}
- {{ printf "--config=/etc/nexusgate/definitions/%s" $name | quote }}
{{- end }}
{{- range .Values.definitions.existing.files }}
- {{ printf "--config=/etc/nexusgate/definitions/%s" . | quote }}
{{- end }}
{{- range .Values.definitions.homes }}
- {{ printf "--nexus=%s" . | quote }}
{{- end }}
{{- with .Values.url }}
- {{ printf "--url=%s" . | quote }}
{{- end }}
{{- if .Values.public }}
- --public
{{- end }}
{{- with .Values.login }}
{{- if .issuer }}
- {{ printf "--login-issuer=%s" .issuer | quote }}
- {{ printf "--login-client-id=%s" .clientID | quote }}
{{- range .allow }}
- {{ printf "--login-allow=%s" . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.log.secret }}
- --log-key=/etc/nexusgate/log/log.key
{{- end }}
{{- if .Values.attest.secret }}
- {{ printf "--attest-key=/etc/nexusgate/attest/%s" .Values.attest.key | quote }}
{{- range .Values.attest.also }}
- {{ printf "--attest-also=/etc/nexusgate/attest/%s" . | quote }}
{{- end }}
{{- end }}
{{- $flags := dict "audience" "audience" "githubIssuers" "github-issuer" "gitlabIssuers" "gitlab-issuer" "inboxLimit" "inbox-limit" "intakeMemory" "intake-memory" "sweep" "sweep" "keepDays" "keep-days" "keepSprints" "keep-sprints" "silence" "silence" "logFormat" "log-format" "smtpServer" "smtp-server" "smtpFrom" "smtp-from" "smtpSecurity" "smtp-security" "smtpUser" "smtp-user" }}
{{- range $value, $flag := $flags }}
{{- $given := index $.Values.serve $value }}
{{- if kindIs "slice" $given }}
{{- range $given }}
- {{ printf "--%s=%s" $flag . | quote }}
{{- end }}
{{- else if not (kindIs "invalid" $given) }}
- {{ printf "--%s=%s" $flag (kindIs "float64" $given | ternary (printf "%d" (int64 $given)) (toString $given)) | quote }}
{{- end }}
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end }}

{{- define "nexusgate.env" -}}
- name: TMPDIR
  value: {{ eq .Values.store.kind "sqlite" | ternary "/data" "/tmp" }}
{{- if eq .Values.store.kind "postgres" }}
{{- with .Values.store.postgres }}
- name: NEXUSGATE_STORE
  valueFrom:
    secretKeyRef: {name: {{ .secret | quote }}, key: {{ .key | quote }}}
{{- if .ca.secret }}
- name: PGSSLROOTCERT
  value: /etc/nexusgate/postgres/ca.crt
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.github }}
{{- if .secret }}
- name: NEXUSGATE_GITHUB_APP_ID
  valueFrom:
    secretKeyRef: {name: {{ .secret | quote }}, key: app-id}
- name: NEXUSGATE_GITHUB_WEBHOOK_SECRET
  valueFrom:
    secretKeyRef: {name: {{ .secret | quote }}, key: webhook-secret}
- name: NEXUSGATE_GITHUB_PRIVATE_KEY_FILE
  value: /etc/nexusgate/github/private-key.pem
{{- if .url }}
- name: NEXUSGATE_GITHUB_URL
  value: {{ .url | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.gitlab }}
{{- if .secret }}
- name: NEXUSGATE_GITLAB_TOKEN_FILE
  value: /etc/nexusgate/gitlab/token
- name: NEXUSGATE_GITLAB_SIGNING_TOKEN
  valueFrom:
    secretKeyRef: {name: {{ .secret | quote }}, key: signing-token, optional: true}
- name: NEXUSGATE_GITLAB_WEBHOOK_SECRET
  valueFrom:
    secretKeyRef: {name: {{ .secret | quote }}, key: webhook-secret, optional: true}
{{- if .url }}
- name: NEXUSGATE_GITLAB_URL
  value: {{ .url | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.login.issuer }}
- name: NEXUSGATE_LOGIN_CLIENT_SECRET_FILE
  value: /etc/nexusgate/login/client-secret
{{- end }}
{{- with .Values.tokens.secret }}
- name: NEXUSGATE_API_TOKENS
  valueFrom:
    secretKeyRef: {name: {{ . | quote }}, key: api-tokens, optional: true}
- name: NEXUSGATE_EVIDENCE_TOKENS
  valueFrom:
    secretKeyRef: {name: {{ . | quote }}, key: evidence-tokens, optional: true}
{{- end }}
{{- with .Values.traces }}
{{- if .endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: OTEL_TRACES_SAMPLER
  value: parentbased_traceidratio
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ .share | quote }}
{{- if .secret }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef: {name: {{ .secret | quote }}, key: headers}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.trust.configMap }}
- name: SSL_CERT_DIR
  value: /etc/ssl/certs:/etc/nexusgate/trust
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
