package forge

import (
	"context"
	"maps"
	"slices"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
)

// candidatesBound is how many pipelines are looked at for the one that an earlier attempt may have started.
const candidatesBound = 20

// dispatch starts a pipeline, unless an earlier attempt did. It is known by a variable that holds the errand's mark.
func (p *project) dispatch(ctx context.Context, e Errand) (done gate.ErrandDone, err error) {
	d, err := bodyOf[gate.Dispatch](e)
	if err != nil {
		return done, err
	}
	if e.Tried {
		if done, err := p.dispatched(ctx, e, d); err != nil || done.Run != 0 {
			return done, err
		}
	}
	var variables []*gitlab.PipelineVariableOptions
	for _, name := range slices.Sorted(maps.Keys(d.Inputs)) {
		variables = append(variables, &gitlab.PipelineVariableOptions{Key: &name, Value: gitlab.Ptr(d.Inputs[name])})
	}
	made, _, err := p.Pipelines.CreatePipeline(p.id, &gitlab.CreatePipelineOptions{Ref: &d.Ref, Variables: &variables}, during(ctx, "create_pipeline"))
	if err != nil {
		return done, err
	}
	return p.started(made.ID, made.ProjectID, made.WebURL), nil
}

func (p *project) started(id, in int, url string) gate.ErrandDone {
	repo := p.repo
	repo.ID = int64(in)
	return gate.ErrandDone{Repo: repo, Run: int64(id), URL: url}
}

// dispatched finds the pipeline that an earlier attempt started, among the latest that were started as we start them:
// the first of that mark.
func (p *project) dispatched(ctx context.Context, e Errand, d gate.Dispatch) (done gate.ErrandDone, err error) {
	o := &gitlab.ListProjectPipelinesOptions{
		Source: gitlab.Ptr("api"), Ref: &d.Ref, UpdatedAfter: gitlab.Ptr(e.Made.Add(-dispatchSkew)),
		OrderBy: gitlab.Ptr("id"), Sort: gitlab.Ptr("desc"), ListOptions: gitlab.ListOptions{PerPage: candidatesBound},
	}
	latest, _, err := p.Pipelines.ListProjectPipelines(p.id, o, during(ctx, "list_pipelines"))
	if err != nil {
		return done, err
	}
	for _, one := range slices.Backward(latest[:min(len(latest), candidatesBound)]) {
		variables, _, err := p.Pipelines.GetPipelineVariables(p.id, one.ID, during(ctx, "read_pipeline_variables"))
		if err != nil {
			return done, err
		}
		if slices.ContainsFunc(variables, func(v *gitlab.PipelineVariable) bool {
			return v.Key == d.Mark && v.Value != "" && v.Value == d.Inputs[d.Mark]
		}) {
			return p.started(one.ID, one.ProjectID, one.WebURL), nil
		}
	}
	return done, nil
}
