import type { Language } from '../law/rule.ts';
import { abroad } from './form-disclosure.ts';
import type { Form, FormTerms } from './form-terms.ts';
import { meansOf } from './form-shown.ts';
import type { Wording } from './wording.repository.ts';
import { findingsIn } from './wording-findings.ts';

/** One weakness of a form, in a sentence that helps. */
export interface FormFinding {
  readonly ruleId: string;
  readonly code: string;
  readonly severity: 'warning';
  readonly message: string;
  /** The wording that it is about. */
  readonly wordingId?: string;
}

const SAID = {
  CONFIRM_OFF: {
    ruleId: 'CON-03',
    fr: 'Sans confirmation du numéro, n’importe qui peut inscrire le numéro d’un autre : la preuve en est plus faible.',
    en: 'Without confirmation, anybody may sign up the number of somebody else: the proof is weaker.',
  },
  CONTACT_MISSING: {
    ruleId: 'RGT-01',
    fr: 'La page ne dit pas comment vous joindre : donnez company.contact, ou complétez le tenant.',
    en: 'The page does not say how to reach you: give company.contact, or complete the tenant.',
  },
  PROCESSOR_UNKNOWN: {
    ruleId: 'RGT-01',
    fr: 'La page ne peut pas dire qui achemine vos SMS ni où : un compte de vos routes ne déclare pas son processeur (processor).',
    en: 'The page cannot say who carries your SMS, nor where: an account of your routes does not declare its processor.',
  },
  TRANSFER_BASIS_UNSAID: {
    ruleId: 'RGT-01',
    fr: 'Un opérateur est hors de l’Espace économique européen et la page ne dit pas pourquoi vos données peuvent y aller : enregistrez la base (PUT /v1/gateways/{name}/transfer).',
    en: 'An operator is outside the European Economic Area and the page does not say why data may go there: record the basis (PUT /v1/gateways/{name}/transfer).',
  },
} as const;

/** What is weak in a form and in the words it shows; nothing found is no certificate. */
export function formFindings(
  { terms }: Pick<Form, 'terms'>,
  wordings: readonly Wording[],
  language: Language,
): FormFinding[] {
  const own = codesOf(terms).map((code) => {
    const { ruleId, [language]: message } = SAID[code];
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

const codesOf = ({ confirm, company, disclosure }: FormTerms): (keyof typeof SAID)[] => [
  ...(confirm === 'off' ? (['CONFIRM_OFF'] as const) : []),
  ...(meansOf(company.contact) === '' ? (['CONTACT_MISSING'] as const) : []),
  ...(disclosure?.processors === null ? (['PROCESSOR_UNKNOWN'] as const) : []),
  ...(disclosure !== undefined && abroad(disclosure).some(({ basis }) => basis === null)
    ? (['TRANSFER_BASIS_UNSAID'] as const)
    : []),
];
