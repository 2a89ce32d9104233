export { measure, type Measure, offendersIn } from './encoding.ts';
export { gsm7Octets, gsm7Text, septetsAt } from './parts.ts';
