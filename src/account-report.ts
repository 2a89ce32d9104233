import type { Tried } from './account-try.ts';
import { ASSUMPTION_WORDS, VERDICT_WORDS } from './gateways/doctor/assumption-words.ts';
import type { Finding, Verdict } from './gateways/doctor/assumption.ts';
import type { Language } from './law/rule.ts';
import { MOST_TRIALS_A_DAY } from './messages/account-trial.repository.ts';

/** What failed stands out. */
function verdictIn(verdict: Verdict, language: Language): string {
  const word = VERDICT_WORDS[language][verdict];
  return verdict === 'failed' ? word.toUpperCase() : word;
}

/** What the doctor says, in each language. */
export const DOCTOR_WORDS = {
  fr: {
    phone: 'Le numéro de VOTRE téléphone (entrée vide : ne rien envoyer) : ',
    sure: (masked: string) =>
      `Deux SMS partent vers ${masked}, facturés comme tout autre. C’est votre téléphone ? Tapez oui : `,
    shown: (text: string) =>
      `Le téléphone doit montrer exactement :\n  ${text}\noui, non (autre chose), ou rien (pas arrivé) : `,
    typeStop: (how: string) =>
      `${how}\nCe STOP est vrai : votre numéro ne recevra plus de publicité, jusqu’à ce que vous le leviez.\nEntrée quand c’est fait (ou pour passer) : `,
    lift: 'Votre numéro est désormais laissé tranquille. Pour lever ce STOP : POST /v1/consents avec une nouvelle preuve.',
    busy: `Un essai de ce compte est en cours, ou il y en a eu trop en 24 heures (${MOST_TRIALS_A_DAY}).`,
    transcript: (file: string, calls: number) =>
      `Transcription (${calls} appels, sans numéro ni secret) : ${file}\nEnvoyez-la au projet : elle devient un exemple de test/gateways/samples.`,
    withheld: (calls: number) => `${calls} appels en sont absents : ils montreraient un numéro ou un secret.`,
    change: 'À changer',
  },
  en: {
    phone: 'The number of YOUR OWN phone (empty: send nothing): ',
    sure: (masked: string) =>
      `Two texts leave to ${masked}, charged as any other. Is it your phone? Type yes: `,
    shown: (text: string) =>
      `The phone has to show exactly:\n  ${text}\nyes, no (something else), or nothing (it did not arrive): `,
    typeStop: (how: string) =>
      `${how}\nThis STOP is real: your number gets no more advertising until you lift it.\nEnter when it is done (or to skip): `,
    lift: 'Your number is left alone from now on. To lift this STOP: POST /v1/consents with a new proof.',
    busy: `A trial of this account is under way, or there were too many in 24 hours (${MOST_TRIALS_A_DAY}).`,
    transcript: (file: string, calls: number) =>
      `Transcript (${calls} calls, without a number or a secret): ${file}\nSend it to the project: it becomes an example in test/gateways/samples.`,
    withheld: (calls: number) => `${calls} calls are not in it: they would show a number or a secret.`,
    change: 'Change',
  },
} as const;

/** Each assumption with its verdict, and what to change where it is not held. */
export const findingLines = (findings: readonly Finding[], language: Language): readonly string[] =>
  findings.flatMap(({ id, verdict, detail }) => {
    const { what, change } = ASSUMPTION_WORDS[id];
    const said = detail === undefined ? '' : ` (${detail})`;
    const line = `${verdictIn(verdict, language).padEnd(9)} ${id.padEnd(18)} ${what[language]}${said}`;
    if (verdict === 'held') return [line];
    return [line, `${' '.repeat(10)}${DOCTOR_WORDS[language].change}: ${change[language]}`];
  });

/** What a transcript holds: verdicts, and calls as samples are written. */
export const transcriptOf = (kind: string, { findings, transcript }: Tried): string =>
  `${JSON.stringify({ kind, findings, samples: transcript }, undefined, 2)}\n`;
