import { englishCampaign, englishCampaignPages } from './english/campaigns.ts';
import { englishCompanyPages, englishCompliance, englishRegister, englishTenant } from './english/company.ts';
import { englishConsolePages, englishSure } from './english/console-pages.ts';
import { englishImporting } from './english/importing.ts';
import { englishBecause, englishDoubts, englishEnforcement, englishTerritories } from './english/law.ts';
import { englishPeoplePages } from './english/people-pages.ts';
import { englishContact, englishForm, englishRetention } from './english/people.ts';
import { englishPublicPages } from './english/public-pages.ts';
import { englishOnPages, englishTitles, englishReasons } from './english/refusals.ts';
import { englishBooking, englishSeries, englishStep } from './english/reminders.ts';
import { englishDoctor, englishMessage, englishTimeline } from './english/sending.ts';
import { englishDefaultSms } from './english/default-texts.ts';
import { englishFinding, englishReply, englishSms } from './english/sms.ts';
import {
  englishRequest,
  englishWanted,
  englishDates,
  englishPunctuation,
  englishRecord,
  englishRoles,
  englishSummaries,
} from './english/terms.ts';
import {
  filled,
  type FactsOf,
  paired,
  languageOf,
  type Language,
  type Translation,
  type Words,
} from './translation.ts';
import { campaign, campaignPages } from './french/campaigns.ts';
import { companyPages, compliance, register, tenant } from './french/company.ts';
import { consolePages, sure } from './french/console-pages.ts';
import { defaultSms } from './french/default-texts.ts';
import { finding, reply, sms } from './french/sms.ts';
import { importing } from './french/importing.ts';
import { because, doubts, enforcement, territories } from './french/law.ts';
import { peoplePages } from './french/people-pages.ts';
import { contact, form, retention } from './french/people.ts';
import { publicPages } from './french/public-pages.ts';
import {
  record,
  request,
  wanted,
  dates,
  punctuation,
  roles as frenchRoles,
  summaries as frenchSummaries,
  type Summaries,
} from './french/terms.ts';
import { onPages, titles, reasons as frenchReasons } from './french/refusals.ts';
import { booking, series, step } from './french/reminders.ts';
import { doctor, message, timeline } from './french/sending.ts';

/** Every subject in French. */
const french = {
  refusals: { titles, onPages },
  because,
  booking,
  campaign,
  campaignPages,
  companyPages,
  compliance,
  contact,
  dates,
  consolePages,
  defaultSms,
  doctor,
  doubts,
  enforcement,
  finding,
  form,
  importing,
  message,
  peoplePages,
  publicPages,
  punctuation,
  record,
  register,
  reply,
  request,
  retention,
  series,
  sms,
  step,
  sure,
  tenant,
  territories,
  timeline,
  wanted,
} as const;

/** Every subject in English. */
const english = {
  refusals: { titles: englishTitles, onPages: englishOnPages },
  because: englishBecause,
  booking: englishBooking,
  campaign: englishCampaign,
  campaignPages: englishCampaignPages,
  companyPages: englishCompanyPages,
  compliance: englishCompliance,
  contact: englishContact,
  dates: englishDates,
  consolePages: englishConsolePages,
  defaultSms: englishDefaultSms,
  doctor: englishDoctor,
  doubts: englishDoubts,
  enforcement: englishEnforcement,
  finding: englishFinding,
  form: englishForm,
  importing: englishImporting,
  message: englishMessage,
  peoplePages: englishPeoplePages,
  publicPages: englishPublicPages,
  punctuation: englishPunctuation,
  record: englishRecord,
  register: englishRegister,
  reply: englishReply,
  request: englishRequest,
  retention: englishRetention,
  series: englishSeries,
  sms: englishSms,
  step: englishStep,
  sure: englishSure,
  tenant: englishTenant,
  territories: englishTerritories,
  timeline: englishTimeline,
  wanted: englishWanted,
};

/** Every entry of a language. */
export type Catalogue = Translation<typeof french>;

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { fr: french, en: english };

/** Returns the catalogue of a language. */
export const wordsIn = (language: Language): Catalogue => CATALOGUES[language];

/** The catalogue in both languages: each sentence is `Words`. */
export const bilingual = paired<Catalogue>(french, english);

type ReasonName = keyof typeof frenchReasons;

/** Returns the reason of a plan in each language, with its facts filled in. */
export const reasonWords = <Name extends ReasonName>(
  name: Name,
  ...[facts]: FactsOf<(typeof frenchReasons)[Name]>
): Words => filled({ fr: frenchReasons[name], en: englishReasons[name] }, facts);

const ROLE_NAMES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  fr: frenchRoles,
  en: englishRoles,
};

/** Returns the display name of a role. */
export const roleName = (role: string, language: Language): string => ROLE_NAMES[language][role] ?? role;

/** Returns the summaries of workflows in the language of a locale; French for work of no tenant. */
export const summariesIn = (locale = 'fr'): Summaries =>
  languageOf(locale) === 'en' ? englishSummaries : frenchSummaries;
