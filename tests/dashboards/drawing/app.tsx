// Draws one dashboard, `window.dashboard`, with what Prometheus answered to its queries, `window.answers`.
import { createTheme, type DataFrame, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { toFrames } from './frames';
import { Panel } from './panels';
import { fillRegistries, transformed, withSettings } from './settings';

const COLUMN = 64;
const UNIT = 38;
const GAP = 8;
const theme = createTheme({ colors: { mode: 'dark' } });
const { dashboard, answers, range, chosen } = window as never as {
  dashboard: any;
  answers: Record<string, Record<string, never>>;
  range: { from: number; to: number };
  chosen: Array<[string, string]>;
};

function Placed({ panel }: { panel: any }) {
  const [frames, setFrames] = useState<DataFrame[]>();
  useEffect(() => {
    const raw = toFrames(panel.targets, answers[panel.id] as never);
    transformed(panel.transformations, raw).then((made) => setFrames(withSettings(panel.fieldConfig, made, theme)));
  }, [panel]);
  const { x, y, w, h } = panel.gridPos;
  const width = w * COLUMN - GAP;
  const height = h * UNIT - GAP;
  return (
    <div style={{ position: 'absolute', left: x * COLUMN, top: y * UNIT, width, height }}>
      <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
        {(innerWidth, innerHeight) =>
          frames && <Panel {...{ panel, frames, theme, range }} width={innerWidth} height={innerHeight} />
        }
      </PanelChrome>
    </div>
  );
}

function RowTitle({ row }: { row: any }) {
  const style = { position: 'absolute', left: 4, top: row.gridPos.y * UNIT + 6, fontSize: 16, fontWeight: 500 } as const;
  return <div style={style}>{row.title}</div>;
}

function Page() {
  const height = Math.max(...dashboard.panels.map((panel: any) => panel.gridPos.y + panel.gridPos.h)) * UNIT;
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ padding: 12, background: theme.colors.background.canvas, width: 24 * COLUMN + 24 }}>
        <div style={{ display: 'flex', gap: 20, alignItems: 'baseline', height: 40 }}>
          <span style={{ fontSize: 22, fontWeight: 500 }}>{dashboard.title}</span>
          {chosen.map(([name, value]) => (
            <span key={name} style={{ color: theme.colors.text.secondary }}>
              {name} <b>{value}</b>
            </span>
          ))}
        </div>
        <div style={{ position: 'relative', height }}>
          {dashboard.panels.map((panel: any) =>
            panel.type === 'row' ? <RowTitle key={panel.id} row={panel} /> : <Placed key={panel.id} panel={panel} />
          )}
        </div>
      </div>
    </ThemeContext.Provider>
  );
}

fillRegistries();
createRoot(document.getElementById('root')!).render(<Page />);
