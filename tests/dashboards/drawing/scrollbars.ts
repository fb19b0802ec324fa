// Grafana's modules are .mjs, for which esbuild gives the whole of this CommonJS module in place of its default.
export { default, Scrollbars } from '../node_modules/react-custom-scrollbars-2/lib/index.js';
