/** The parts that the api and the public server both serve: probes, callbacks, forms and links of texts. */
export { Metrics } from './health/metrics.ts';
export { probes } from './health/readiness.ts';
export { inboundPort } from './public/inbound-port.ts';
export { inboundRouter } from './public/inbound.ts';
export { linkPages } from './public/opt-out.ts';
export { publicForms } from './public/public-form.ts';
export { publicApp } from './server/edge.ts';
export { listen, stopServing } from './server/server.ts';
