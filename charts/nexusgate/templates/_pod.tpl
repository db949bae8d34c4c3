{{/* The pod, which is the same over both stores but for where things are kept. */}}
{{- define "nexusgate.pod" -}}
metadata:
  labels:
    {{- include "nexusgate.selector" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    kubectl.kubernetes.io/default-container: nexusgate
    {{- if .Values.definitions.files }}
    checksum/definitions: {{ toJson .Values.definitions.files | sha256sum }}
    {{- end }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "nexusgate.serviceAccount" . }}
  automountServiceAccountToken: false
  # A Service named nexusgate would set NEXUSGATE_… variables.
  enableServiceLinks: false
  # The pause before the end, ten seconds for requests under way, and some for the store.
  terminationGracePeriodSeconds: 30
  securityContext:
    {{- $ids := dict }}
    {{- range $name, $id := .Values.podSecurityContext }}
    {{- if not (kindIs "invalid" $id) }}{{ $_ := set $ids $name (int64 $id) }}{{ end }}
    {{- end }}
    {{- with $ids }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    fsGroupChangePolicy: OnRootMismatch
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml .Values.topologySpreadConstraints | nindent 4 }}
  {{- else if gt (int .Values.replicas) 1 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "nexusgate.selector" . | nindent 10 }}
  {{- end }}
  containers:
    - name: nexusgate
      image: {{ include "nexusgate.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        {{- include "nexusgate.args" . | trim | nindent 8 }}
      env:
        {{- include "nexusgate.env" . | trim | nindent 8 }}
      ports:
        - {name: http, containerPort: 8080}
        - {name: webhook, containerPort: 8081}
        - {name: metrics, containerPort: 9090}
      # A schema that is brought up to date, and a long log, take their time.
      startupProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: 300
      livenessProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      lifecycle:
        preStop:
          # Requests come until all have heard that this replica goes.
          sleep: {seconds: 5}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        {{- include "nexusgate.mounts" . | trim | nindent 8 }}
  volumes:
    {{- include "nexusgate.volumes" . | trim | nindent 4 }}
{{- end }}
