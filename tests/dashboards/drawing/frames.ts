// What Prometheus answered, as the data frames that Grafana's data source for it makes.
import { type DataFrame, FieldType, toDataFrame } from '@grafana/data';

export interface Series {
  metric: Record<string, string>;
  value?: [number, string];
  values?: Array<[number, string]>;
}

export interface Target {
  refId: string;
  format?: string;
  legendFormat?: string;
}

export function toFrames(targets: Target[], answers: Record<string, Series[]>): DataFrame[] {
  const tables = targets.filter((target) => target.format === 'table');
  return targets.flatMap((target) =>
    target.format === 'table'
      ? [toTable(target, answers[target.refId], tables.length > 1 ? `Value #${target.refId}` : 'Value')]
      : answers[target.refId].map((series) => toSeries(target, series))
  );
}

function toSeries(target: Target, series: Series): DataFrame {
  const samples = series.values ?? [series.value!];
  const name = (target.legendFormat ?? '').replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => series.metric[label] ?? '');
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: samples.map(([at]) => at * 1000) },
      {
        name: 'Value',
        type: FieldType.number,
        labels: series.metric,
        config: { displayNameFromDS: name },
        values: samples.map(([, value]) => Number(value)),
      },
    ],
  });
}

function toTable(target: Target, rows: Series[], valueName: string): DataFrame {
  const labels = [...new Set(rows.flatMap((row) => Object.keys(row.metric)))].sort();
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map((row) => row.value![0] * 1000) },
      ...labels.map((label) => ({
        name: label,
        type: FieldType.string,
        values: rows.map((row) => row.metric[label] ?? ''),
      })),
      { name: valueName, type: FieldType.number, values: rows.map((row) => Number(row.value![1])) },
    ],
  });
}
