export { inboundPort, type ListenedAccount } from './inbound-port.ts';
export { inboundRouter } from './inbound.ts';
export { linkPages } from './opt-out.ts';
export { publicForms } from './public-form.ts';
