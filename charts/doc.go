// Package charts holds the Helm chart to what a cluster makes of it: Helm's own linter and engine render
// it, and each object that comes out is decoded strictly into its type of Kubernetes' API or of the
// Prometheus Operator's, so that a field that does not exist, or is written in the wrong place, fails here.
// Pods are held against the policy "restricted" by the very code of Kubernetes' admission, and the service
// is started as a pod would start it.
//
// It is a module of its own, so that neither Helm nor Kubernetes is a dependency of nexusgate, and has
// tests alone. What the chart renders is kept in testdata, a file for each set of values:
//
//	sqlite.values.yaml      one replica and a volume: the least that is to be said
//	postgres.values.yaml    several replicas
//	everything.values.yaml  all that can be turned on
//
// make chart-check runs it. It refuses to know how a cluster is set up: nothing is installed.
package charts
