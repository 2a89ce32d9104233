import fc from 'fast-check';
import { IS_LONG } from './cases.ts';

// Before a commit each property draws the same cases, so that a red run says something of the change; each night it draws others.
if (!IS_LONG) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_129 });
