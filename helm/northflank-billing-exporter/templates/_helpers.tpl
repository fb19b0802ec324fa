{{/* Where the container finds what is mounted. The default of config.accounts and config.state.path agree with it. */}}
{{- define "northflank-billing-exporter.configPath" -}}/etc/northflank-billing-exporter{{- end }}
{{- define "northflank-billing-exporter.tokensPath" -}}/run/secrets/northflank{{- end }}
{{- define "northflank-billing-exporter.statePath" -}}/var/lib/northflank-billing-exporter{{- end }}

{{- define "northflank-billing-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The release's name where that names the chart, else both; at most 63 characters, as for a label. */}}
{{- define "northflank-billing-exporter.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- default $both .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "northflank-billing-exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "northflank-billing-exporter.serviceAccountName" -}}
{{- $made := include "northflank-billing-exporter.fullname" . -}}
{{- default (.Values.serviceAccount.create | ternary $made "default") .Values.serviceAccount.name }}
{{- end }}

{{- define "northflank-billing-exporter.secretName" -}}
{{- default (include "northflank-billing-exporter.fullname" .) .Values.existingSecret }}
{{- end }}

{{/* What the pod is selected by: never to be changed, a Deployment's selector cannot be. */}}
{{- define "northflank-billing-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "northflank-billing-exporter.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Those of the pod of `helm test`. Not the selector's: the Service must not send scrapes there. */}}
{{- define "northflank-billing-exporter.testLabels" -}}
app.kubernetes.io/name: {{ include "northflank-billing-exporter.name" . | trunc 58 | trimSuffix "-" }}-test
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "northflank-billing-exporter.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "northflank-billing-exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/*
The metadata of an object, from a dict: root, and optionally suffix (of the name), name, namespace, labels, annotations.
*/}}
{{- define "northflank-billing-exporter.metadata" -}}
{{- $root := .root -}}
{{- $own := include "northflank-billing-exporter.labels" $root | fromYaml -}}
name: {{ default (printf "%s%s" (include "northflank-billing-exporter.fullname" $root) (default "" .suffix)) .name | quote }}
namespace: {{ default (include "northflank-billing-exporter.namespace" $root) .namespace | quote }}
labels:
  {{- merge dict $own (default dict .labels) (default dict $root.Values.commonLabels) | toYaml | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "northflank-billing-exporter.image" -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- $name := empty $registry | ternary .Values.image.repository (printf "%s/%s" $registry .Values.image.repository) -}}
{{- if .Values.image.digest -}}
{{ $name }}@{{ .Values.image.digest }}
{{- else -}}
{{ $name }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{- define "northflank-billing-exporter.imagePullSecrets" -}}
{{- with concat (default list .Values.global.imagePullSecrets) (default list .Values.imagePullSecrets) -}}
imagePullSecrets:
  {{- range . }}
  - name: {{ kindIs "map" . | ternary (get (kindIs "map" . | ternary . dict) "name") . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A value that expands templates. Takes a dict: value, root. */}}
{{- define "northflank-billing-exporter.expanded" -}}
{{- tpl (kindIs "string" .value | ternary .value (toYaml .value)) .root }}
{{- end }}

{{/*
The names of the tokens that accounts read from the Secret, with spaces between, or nothing if none does. Fails where
that Secret is made here and lacks one of them.
*/}}
{{- define "northflank-billing-exporter.tokenNames" -}}
{{- $path := printf "%s/" (include "northflank-billing-exporter.tokensPath" .) -}}
{{- $names := list -}}
{{- range default list .Values.config.accounts -}}
{{- if hasPrefix $path (default "" .token_file) -}}
{{- $name := trimPrefix $path .token_file -}}
{{- if and $.Values.tokens (not (hasKey $.Values.tokens $name)) -}}
{{- fail (printf "config.accounts: %s is no key of tokens (account %s)" $name .name) -}}
{{- end -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- uniq $names | join " " -}}
{{- end }}

{{/* What both monitors say of an endpoint. Takes a dict: root, monitor (its values). */}}
{{- define "northflank-billing-exporter.endpoint" -}}
port: http
path: {{ .root.Values.telemetryPath }}
scheme: {{ .monitor.scheme }}
{{- with .monitor.interval }}
interval: {{ . }}
{{- end }}
{{- with .monitor.scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
honorLabels: {{ .monitor.honorLabels }}
{{- with .monitor.tlsConfig }}
tlsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .monitor.relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .monitor.metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
