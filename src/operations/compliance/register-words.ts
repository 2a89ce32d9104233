import { bilingual, type Language, type Words } from '../../words/index.ts';

/** What the register says of one purpose, whoever the controller is. */
export interface Activity {
  readonly title: Words;
  readonly people: Words;
  readonly data: Words;
}

const NUMBER: Words = bilingual.register.number;

/** The purposes, as a register names them. */
export const ACTIVITIES: Readonly<Record<string, Activity>> = {
  marketing: {
    title: bilingual.register.activities.marketing.title,
    people: bilingual.register.activities.marketing.people,
    data: NUMBER,
  },
  appointment: {
    title: bilingual.register.activities.appointment.title,
    people: bilingual.register.activities.appointment.people,
    data: bilingual.register.activities.appointment.data({ number: NUMBER }),
  },
  renewal: {
    title: bilingual.register.activities.renewal.title,
    people: bilingual.register.activities.renewal.people,
    data: bilingual.register.activities.renewal.data({ number: NUMBER }),
  },
  payment: {
    title: bilingual.register.activities.payment.title,
    people: bilingual.register.activities.payment.people,
    data: bilingual.register.activities.payment.data({ number: NUMBER }),
  },
};

/** Measures that the software takes by itself. */
export const SECURITY: readonly Words[] = Object.values(bilingual.register.security);

/** What only the controller can write into the register. */
export const REGISTER_BLANKS: readonly Words[] = Object.values(bilingual.register.blanks);

/** What an assessment needs besides, from people. */
export const DPIA_BLANKS: readonly Words[] = Object.values(bilingual.register.dpiaBlanks);

/** Risks to weigh, and what the software already does about each. */
export const RISKS: readonly { readonly risk: Words; readonly measures: Words }[] = Object.values(
  bilingual.register.risks,
);

/** What every draft begins with. */
export const DRAFT: Words = bilingual.register.draft;

/** Words in one language. */
export const inOne = (words: readonly Words[], language: Language): string[] =>
  words.map((one) => one[language]);
