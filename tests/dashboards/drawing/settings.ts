// Grafana's own transformations and field settings: its core fills these registries when it starts, so we do.
import {
  applyFieldOverrides,
  type DataFrame,
  type FieldConfigSource,
  type GrafanaTheme2,
  Registry,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { firstValueFrom } from 'rxjs';

const STANDARD = ['unit', 'decimals', 'min', 'max', 'displayName', 'noValue', 'color', 'thresholds', 'mappings'];
const TRANSFORMERS = [
  standardTransformers.mergeTransformer,
  standardTransformers.organizeFieldsTransformer,
  standardTransformers.sortByTransformer,
];

export function fillRegistries() {
  standardTransformersRegistry.setInit(() =>
    TRANSFORMERS.map((transformation) => ({ id: transformation.id, name: transformation.name, transformation: async () => transformation }) as never)
  );
}

export function transformed(transformations: never[], frames: DataFrame[]): Promise<DataFrame[]> {
  return firstValueFrom(transformDataFrame(transformations ?? [], frames));
}

export function withSettings(fieldConfig: FieldConfigSource, frames: DataFrame[], theme: GrafanaTheme2): DataFrame[] {
  return applyFieldOverrides({
    data: frames,
    fieldConfig,
    theme,
    timeZone: 'utc',
    replaceVariables: (value) => value,
    fieldConfigRegistry: new Registry(() => settings(fieldConfig)) as never,
  });
}

function settings(fieldConfig: FieldConfigSource) {
  const ids = fieldConfig.overrides.flatMap((override) => override.properties.map((property) => property.id));
  const custom = new Set([
    ...Object.keys(fieldConfig.defaults.custom ?? {}),
    ...ids.filter((id) => id.startsWith('custom.')).map((id) => id.slice('custom.'.length)),
  ]);
  return [
    ...STANDARD.map((id) => setting(id, id, false)),
    ...[...custom].map((path) => setting(`custom.${path}`, path, true)),
  ];
}

function setting(id: string, path: string, isCustom: boolean) {
  return { id, path, isCustom, name: id, process: (value: unknown) => value, shouldApply: () => true };
}
