export { measure, type Measure, offendersIn, gsm7Octets, gsm7Text, septetsAt } from './encoding.ts';
