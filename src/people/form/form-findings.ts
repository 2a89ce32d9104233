import { abroad } from './form-disclosure.ts';
import type { Form, FormTerms } from './form-terms.ts';
import { meansOf } from './form-shown.ts';
import type { Wording } from '../consent/wording.repository.ts';
import { findingsIn } from '../consent/wording-findings.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** One weakness of a form, in a helpful sentence. */
export interface FormFinding {
  readonly ruleId: string;
  readonly code: string;
  readonly severity: 'warning';
  readonly message: string;
  /** The wording concerned. */
  readonly wordingId?: string;
}

/** The rule behind each finding. */
const RULES = {
  CONFIRM_OFF: 'CON-03',
  CONTACT_MISSING: 'RGT-01',
  PROCESSOR_UNKNOWN: 'RGT-01',
  TRANSFER_BASIS_UNSAID: 'RGT-01',
} as const;

/** Finds the weaknesses of a form and of its wordings; an empty result is no certificate. */
export function formFindings(
  { terms }: Pick<Form, 'terms'>,
  wordings: readonly Wording[],
  language: Language,
): FormFinding[] {
  const own = codesOf(terms).map((code) => {
    const [ruleId, message] = [RULES[code], wordsIn(language).contact.formFindings[code]];
    return { ruleId, code, severity: 'warning' as const, message };
  });
  const ofWords = wordings.flatMap((wording) =>
    findingsIn(wording.findings, language).map(({ ruleId, code, severity, message }) => ({
      ruleId,
      code,
      severity,
      message,
      wordingId: wording.id,
    })),
  );
  return [...own, ...ofWords];
}

const codesOf = ({ confirm, company, disclosure }: FormTerms): (keyof typeof RULES)[] => [
  ...(confirm === 'off' ? (['CONFIRM_OFF'] as const) : []),
  ...(meansOf(company.contact) === '' ? (['CONTACT_MISSING'] as const) : []),
  ...(disclosure?.processors === null ? (['PROCESSOR_UNKNOWN'] as const) : []),
  ...(disclosure !== undefined && abroad(disclosure).some(({ basis }) => basis === null)
    ? (['TRANSFER_BASIS_UNSAID'] as const)
    : []),
];
