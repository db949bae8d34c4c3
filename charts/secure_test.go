package charts_test

import (
	"slices"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// pod is the template of the service's pods, and how many there are.
func pod(t *testing.T, all []runtime.Object) (core.PodTemplateSpec, int32) {
	t.Helper()
	for _, set := range every[*apps.StatefulSet](all) {
		return set.Spec.Template, *set.Spec.Replicas
	}
	deployment := one[*apps.Deployment](t, all)
	return deployment.Spec.Template, *deployment.Spec.Replicas
}

func TestPodsAreAdmittedWhereOnlyRestrictedOnesAre(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, flavour := range flavours {
		template, _ := pod(t, objects(t, flavour))
		if said := policy.AggregateCheckResults(evaluator.EvaluatePod(restricted, &template.ObjectMeta, &template.Spec)); !said.Allowed {
			t.Errorf("%s: %s", flavour, said.ForbiddenDetail())
		}
		template.Spec.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil
		if said := policy.AggregateCheckResults(evaluator.EvaluatePod(restricted, &template.ObjectMeta, &template.Spec)); said.Allowed {
			t.Errorf("%s: a pod that may gain privileges is admitted", flavour)
		}
	}
}

func TestPodsHaveNoMoreThanTheyNeed(t *testing.T) {
	for _, flavour := range flavours {
		template, _ := pod(t, objects(t, flavour))
		spec, container := template.Spec, template.Spec.Containers[0]
		if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
			t.Errorf("%s: a pod has the token of its service account", flavour)
		}
		if spec.EnableServiceLinks == nil || *spec.EnableServiceLinks {
			t.Errorf("%s: the variables of a Service named nexusgate are taken for settings", flavour)
		}
		if only := container.SecurityContext.ReadOnlyRootFilesystem; only == nil || !*only {
			t.Errorf("%s: the root file system can be written to", flavour)
		}
		pause, grace := container.Lifecycle.PreStop.Sleep.Seconds, *spec.TerminationGracePeriodSeconds
		if grace < pause+10+5 {
			t.Errorf("%s: %d s to end, want the pause of %d, 10 for requests, and some for the store", flavour, grace, pause)
		}
		for _, variable := range container.Env {
			if variable.Value != "" && strings.Contains(variable.Name, "SECRET") && !strings.HasSuffix(variable.Name, "_FILE") {
				t.Errorf("%s: %s is written out", flavour, variable.Name)
			}
		}
		for _, mount := range container.VolumeMounts {
			if strings.HasPrefix(mount.MountPath, "/etc/") && !mount.ReadOnly {
				t.Errorf("%s: %s can be written to", flavour, mount.MountPath)
			}
		}
	}
}

func TestEachVolumeIsMountedAndEachMountHasOne(t *testing.T) {
	for _, flavour := range flavours {
		all := objects(t, flavour)
		template, _ := pod(t, all)
		var volumes, mounts []string
		for _, volume := range template.Spec.Volumes {
			volumes = append(volumes, volume.Name)
		}
		for _, set := range every[*apps.StatefulSet](all) {
			for _, claim := range set.Spec.VolumeClaimTemplates {
				volumes = append(volumes, claim.Name)
			}
		}
		for _, mount := range template.Spec.Containers[0].VolumeMounts {
			mounts = append(mounts, mount.Name)
		}
		slices.Sort(volumes)
		slices.Sort(mounts)
		if !slices.Equal(volumes, mounts) {
			t.Errorf("%s: the volumes are %v, and mounted are %v", flavour, volumes, mounts)
		}
	}
}

func TestABudgetOfDisruptionsIsThereWhereThereAreSeveralReplicas(t *testing.T) {
	for _, flavour := range flavours {
		all := objects(t, flavour)
		_, replicas := pod(t, all)
		if has := len(every[*policyv1.PodDisruptionBudget](all)) == 1; has != (replicas > 1) {
			t.Errorf("%s: %d replicas, and a budget: %v", flavour, replicas, has)
		}
	}
}

// What leads to a port by its name leads somewhere: Services, probes, the Ingress and the network policy.
func TestEachPortThatIsNamedIsThere(t *testing.T) {
	all := objects(t, "everything")
	template, _ := pod(t, all)
	container := template.Spec.Containers[0]
	has := map[string]bool{}
	for _, port := range container.Ports {
		has[port.Name] = true
	}
	served := map[string]bool{}
	for _, service := range every[*core.Service](all) {
		for name, value := range service.Spec.Selector {
			if template.Labels[name] != value {
				t.Errorf("Service %s selects %s=%s, which pods do not have", service.Name, name, value)
			}
		}
		for _, port := range service.Spec.Ports {
			served[service.Name+":"+port.Name] = true
			if !has[port.TargetPort.StrVal] {
				t.Errorf("Service %s leads to port %s", service.Name, port.TargetPort.StrVal)
			}
		}
	}
	for _, rule := range one[*networking.Ingress](t, all).Spec.Rules {
		for _, path := range rule.HTTP.Paths {
			if to := path.Backend.Service; !served[to.Name+":"+to.Port.Name] {
				t.Errorf("%s%s leads to %s:%s", rule.Host, path.Path, to.Name, to.Port.Name)
			}
		}
	}
	for _, rule := range one[*networking.NetworkPolicy](t, all).Spec.Ingress {
		if port := rule.Ports[0].Port.StrVal; !has[port] {
			t.Errorf("the network policy lets in to %s", port)
		}
	}
	for name, probe := range map[string]*core.Probe{"startup": container.StartupProbe, "liveness": container.LivenessProbe, "readiness": container.ReadinessProbe} {
		if !has[probe.HTTPGet.Port.StrVal] {
			t.Errorf("the %s probe asks port %s", name, probe.HTTPGet.Port.StrVal)
		}
	}
}
