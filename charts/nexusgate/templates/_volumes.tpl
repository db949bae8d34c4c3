{{/* What is mounted: the name of each, its folder below /etc/nexusgate, and where it comes from. */}}
{{- define "nexusgate.mounts" -}}
{{- if eq .Values.store.kind "sqlite" }}
- {name: data, mountPath: /data}
{{- else }}
- {name: tmp, mountPath: /tmp}
{{- end }}
{{- if or .Values.definitions.files .Values.definitions.existing.configMap }}
- {name: definitions, mountPath: /etc/nexusgate/definitions, readOnly: true}
{{- end }}
{{- range $name, $used := include "nexusgate.secrets" . | fromYaml }}
- {name: {{ $name }}, mountPath: /etc/nexusgate/{{ $name }}, readOnly: true}
{{- end }}
{{- if .Values.trust.configMap }}
- {name: trust, mountPath: /etc/nexusgate/trust, readOnly: true}
{{- end }}
{{- end }}

{{- define "nexusgate.volumes" -}}
{{- if eq .Values.store.kind "postgres" }}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
{{- else if .Values.store.sqlite.existingClaim }}
- name: data
  persistentVolumeClaim:
    claimName: {{ .Values.store.sqlite.existingClaim | quote }}
{{- end }}
{{- if .Values.definitions.files }}
- name: definitions
  configMap:
    name: {{ include "nexusgate.fullname" . }}
{{- else if .Values.definitions.existing.configMap }}
- name: definitions
  configMap:
    name: {{ .Values.definitions.existing.configMap | quote }}
{{- end }}
{{- range $name, $used := include "nexusgate.secrets" . | fromYaml }}
- name: {{ $name }}
  secret:
    secretName: {{ $used.secret | quote }}
    defaultMode: 0440
    {{- with $used.items }}
    items:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end }}
{{- if .Values.trust.configMap }}
- name: trust
  configMap:
    name: {{ .Values.trust.configMap | quote }}
    items:
      - {key: {{ .Values.trust.key | quote }}, path: ca.crt}
{{- end }}
{{- end }}

{{/* The Secrets that are read as files: what is replaced in one is there without a restart, and asked for again where a forge refuses it. */}}
{{- define "nexusgate.secrets" -}}
{{- with .Values }}
{{- if .github.secret }}
github: {secret: {{ .github.secret | quote }}, items: [{key: private-key.pem, path: private-key.pem}]}
{{- end }}
{{- if .gitlab.secret }}
gitlab: {secret: {{ .gitlab.secret | quote }}, items: [{key: token, path: token}]}
{{- end }}
{{- if .login.issuer }}
login: {secret: {{ .login.secret | quote }}, items: [{key: {{ .login.key | quote }}, path: client-secret}]}
{{- end }}
{{- if .log.secret }}
log: {secret: {{ .log.secret | quote }}, items: [{key: {{ .log.key | quote }}, path: log.key}]}
{{- end }}
{{- if .attest.secret }}
attest: {secret: {{ .attest.secret | quote }}}
{{- end }}
{{- if and (eq .store.kind "postgres") .store.postgres.ca.secret }}
postgres: {secret: {{ .store.postgres.ca.secret | quote }}, items: [{key: {{ .store.postgres.ca.key | quote }}, path: ca.crt}]}
{{- end }}
{{- end }}
{{- end }}
