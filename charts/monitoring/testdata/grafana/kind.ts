// The dashboard as Grafana itself describes it, by the types of its own schema: of the dashboard, and of the
// options of each type of panel that ours use. What a type does not name is an error.
import type { Dashboard, Panel, RowPanel } from "@grafana/schema";
import type { Options as BarGauge } from "@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen";
import type { Options as Stat } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { FieldConfig as TimelineField, Options as Timeline } from "@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen";
import type { FieldConfig as TableField, Options as Table } from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type { FieldConfig as SeriesField, Options as Series } from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

// Plain is what JSON can say of a type: the words of an enumeration instead of its members.
type Plain<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends (infer U)[]
      ? Plain<U>[]
      : T extends object
        ? { [K in keyof T]: Plain<T[K]> }
        : T;

type FieldConfig = Plain<NonNullable<Panel["fieldConfig"]>>;

// Of is a panel of one type, with the options and the fields that this type knows.
type Of<T extends string, Options, Custom> = Omit<Plain<Panel>, "type" | "options" | "targets" | "fieldConfig" | "links"> & {
  type: T;
  title: string;
  description: string;
  options: Plain<Options>;
  targets: Query[];
  fieldConfig: {
    defaults: Omit<FieldConfig["defaults"], "custom"> & { custom?: Plain<Partial<Custom>> };
    overrides: FieldConfig["overrides"];
  };
  links?: { title: string; url: string; targetBlank: boolean }[];
};

// Query is what Grafana's data source for Prometheus is asked.
interface Query {
  refId: string;
  datasource: { type: "prometheus"; uid: "${datasource}" };
  expr: string;
  editorMode: "code";
  instant: boolean;
  range: boolean;
  format: "time_series" | "table";
  legendFormat: string;
}

export type Board = Omit<Plain<Dashboard>, "panels"> & {
  uid: string;
  title: string;
  panels: (
    | Plain<RowPanel>
    | Of<"stat", Stat, never>
    | Of<"bargauge", BarGauge, never>
    | Of<"table", Table, TableField>
    | Of<"timeseries", Series, SeriesField>
    | Of<"state-timeline", Timeline, TimelineField>
  )[];
};
