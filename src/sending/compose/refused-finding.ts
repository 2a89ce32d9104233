import type { RefusalCode } from '../../platform/index.ts';
import type { Finding } from '../../sms/index.ts';

/** Findings with a refusal of their own. */
const REFUSED_AS: Readonly<Partial<Record<Finding['code'], RefusalCode>>> = {
  OPT_OUT_IMPOSSIBLE: 'OPT_OUT_IMPOSSIBLE',
  REPLY_IMPOSSIBLE: 'OPT_OUT_IMPOSSIBLE',
  STOP_CODE_NOT_YOURS: 'OPT_OUT_IMPOSSIBLE',
  ANSWERS_IMPOSSIBLE: 'ANSWERS_IMPOSSIBLE',
  TOO_MANY_PARTS: 'TOO_MANY_PARTS',
  VARIABLE_UNKNOWN: 'TEXT_CANNOT_RENDER',
  VARIABLE_MALFORMED: 'TEXT_CANNOT_RENDER',
  BRACE_ALONE: 'TEXT_CANNOT_RENDER',
};

/** Returns the code under which a text with this finding is refused. */
export const refusedAs = ({ code }: Pick<Finding, 'code'>): RefusalCode =>
  REFUSED_AS[code] ?? 'CONTENT_REFUSED';
