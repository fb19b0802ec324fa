// Grafana's bar chart is a plugin that npm does not have: the same from the plot that it is made of.
import { FieldType, getFieldDisplayName, type GrafanaTheme2 } from '@grafana/data';
import {
  AxisPlacement,
  GraphDrawStyle,
  LegendDisplayMode,
  ScaleDirection,
  ScaleDistribution,
  ScaleOrientation,
  StackingMode,
} from '@grafana/schema';
import { UPlotChart, UPlotConfigBuilder, VizLayout, VizLegend } from '@grafana/ui';
import type { Drawn } from './panels';

export function BarChart({ panel, frames, width, height, theme }: Drawn) {
  const frame = frames[0];
  const names = frame.fields.find((field) => getFieldDisplayName(field, frame, frames) === panel.options.xField)!;
  const shown = frame.fields.filter((field) => field.type === FieldType.number);
  const stacks = stacked(shown.map((field) => field.values));
  const colors = shown.map((field) => theme.visualization.getColorByName(theme.visualization.palette[shown.indexOf(field)]));
  const items = shown.map((field, index) => ({ label: getFieldDisplayName(field, frame, frames), color: colors[index], yAxis: 1 }));
  const legend = (
    <VizLayout.Legend placement="bottom" maxHeight="35%">
      <VizLegend placement="bottom" items={items} displayMode={LegendDisplayMode.List} />
    </VizLayout.Legend>
  );
  // The highest stack is drawn first, so that those below it are seen.
  const order = shown.map((_, index) => shown.length - 1 - index);
  return (
    <VizLayout width={width} height={height} legend={legend}>
      {(plotWidth: number, plotHeight: number) => (
        <UPlotChart
          config={plot(names.values, panel.options.xTickLabelRotation, shown[0].display!, order.map((index) => colors[index]), theme)}
          data={[names.values.map((_: unknown, index: number) => index), ...order.map((index) => stacks[index])]}
          width={plotWidth}
          height={plotHeight}
        />
      )}
    </VizLayout>
  );
}

function stacked(columns: number[][]): number[][] {
  return columns.map((column, index) =>
    column.map((_, row) => columns.slice(0, index + 1).reduce((sum, each) => sum + (each[row] ?? 0), 0))
  );
}

function plot(names: string[], rotation: number, display: (value: number) => { text: string; prefix?: string; suffix?: string }, colors: string[], theme: GrafanaTheme2) {
  const builder = new UPlotConfigBuilder('utc');
  builder.addScale({
    scaleKey: 'x',
    isTime: false,
    distribution: ScaleDistribution.Ordinal,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range: () => [-0.6, names.length - 0.4],
  });
  builder.addScale({
    scaleKey: 'y',
    isTime: false,
    orientation: ScaleOrientation.Vertical,
    direction: ScaleDirection.Up,
    softMin: 0,
  });
  builder.addAxis({
    scaleKey: 'x',
    isTime: false,
    placement: AxisPlacement.Bottom,
    grid: { show: false },
    ticks: { show: false },
    size: 76,
    tickLabelRotation: -rotation,
    splits: () => names.map((_, index) => index),
    values: (_, splits) => splits.map((index) => names[index] ?? ''),
    theme,
  });
  builder.addAxis({ scaleKey: 'y', placement: AxisPlacement.Left, formatValue: (value: unknown) => display(Number(value)).text, theme });
  colors.forEach((color) => {
    builder.addSeries({
      scaleKey: 'y',
      theme,
      drawStyle: GraphDrawStyle.Bars,
      barWidthFactor: 0.7,
      barMaxWidth: 80,
      lineColor: color,
      lineWidth: 1,
      fillColor: color,
      fillOpacity: 100,
      pxAlign: true,
      stacking: { mode: StackingMode.None, group: 'A' },
    } as never);
  });
  return builder;
}
