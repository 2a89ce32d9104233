export { mayStandForAny } from './sender-shape.ts';
