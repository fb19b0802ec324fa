// One function for each type of panel that the dashboards have, from Grafana's components.
import {
  type DataFrame,
  dateTime,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  type GrafanaTheme2,
  type FieldDisplay,
  VizOrientation,
} from '@grafana/data';
import { BarGauge, BigValue, BigValueTextMode, Table, TimeSeries, VizRepeater } from '@grafana/ui';
import { BarChart } from './barchart';

export interface Drawn {
  panel: any;
  frames: DataFrame[];
  width: number;
  height: number;
  theme: GrafanaTheme2;
  range: { from: number; to: number };
}

export function Panel(drawn: Drawn) {
  const Kind = KINDS[drawn.panel.type];
  if (!Kind) {
    throw new Error(`no way to draw a ${drawn.panel.type}`);
  }
  return <Kind {...drawn} />;
}

const KINDS: Record<string, (drawn: Drawn) => React.ReactNode> = {
  stat: Stat,
  bargauge: Bars,
  timeseries: Lines,
  table: Rows,
  barchart: (drawn) => <BarChart {...drawn} />,
};

function values({ panel, frames, theme }: Drawn): FieldDisplay[] {
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: (value) => value,
    theme,
    data: frames,
    timeZone: 'utc',
  });
}

function Stat(drawn: Drawn) {
  const { panel, theme, width, height } = drawn;
  return (
    <VizRepeater
      getValues={() => values(drawn)}
      renderValue={(each) => (
        <BigValue
          value={each.value.display}
          width={each.width}
          height={each.height}
          theme={theme}
          colorMode={panel.options.colorMode}
          graphMode={panel.options.graphMode}
          justifyMode={panel.options.justifyMode}
          textMode={panel.options.textMode as BigValueTextMode}
          wideLayout={panel.options.wideLayout}
          count={each.count}
        />
      )}
      width={width}
      height={height}
      source={drawn.frames}
      itemSpacing={3}
      renderCounter={0}
      autoGrid={true}
      orientation={VizOrientation.Auto}
    />
  );
}

function Bars(drawn: Drawn) {
  const { panel, theme, width, height } = drawn;
  return (
    <VizRepeater
      getValues={() => values(drawn)}
      getAlignmentFactors={(shown: FieldDisplay[]) => getDisplayValueAlignmentFactors(shown)}
      renderValue={(each) => (
        <BarGauge
          value={each.value.display}
          field={each.value.field}
          display={each.value.view?.getFieldDisplayProcessor(each.value.colIndex!)}
          width={each.width}
          height={each.height}
          orientation={each.orientation}
          theme={theme}
          itemSpacing={8}
          displayMode={panel.options.displayMode}
          showUnfilled={panel.options.showUnfilled}
          valueDisplayMode={panel.options.valueMode}
          namePlacement={panel.options.namePlacement}
          alignmentFactors={each.alignmentFactors as never}
          isOverflow={false}
        />
      )}
      width={width}
      height={height}
      source={drawn.frames}
      renderCounter={0}
      minVizHeight={panel.options.minVizHeight}
      maxVizHeight={panel.options.maxVizHeight}
      minVizWidth={75}
      itemSpacing={10}
      orientation={VizOrientation.Horizontal}
    />
  );
}

function Lines({ panel, frames, width, height, range }: Drawn) {
  const from = dateTime(range.from);
  const to = dateTime(range.to);
  return (
    <TimeSeries
      frames={frames}
      structureRev={1}
      timeRange={{ from, to, raw: { from, to } }}
      timeZone="utc"
      width={width}
      height={height}
      legend={panel.options.legend}
    />
  );
}

function Rows({ panel, frames, width, height }: Drawn) {
  return <Table data={frames[0]} width={width} height={height} showTypeIcons={false} timeRange={undefined} />;
}
