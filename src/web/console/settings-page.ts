import { attributes, html, type Html } from '../../platform/index.ts';
import { GOOD_FRIDAY_CHOICES, IF_LATE } from '../../law/index.ts';
import { field, type FormField } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { personWord } from './person-words.ts';
import { settingName } from './settings-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** The purposes whose reminders have plans, texts and bases of their own. */
export const REMINDED = ['appointment', 'renewal', 'payment'] as const;

/** The choices, from the API. */
export interface Choices {
  readonly sectors: readonly string[];
  readonly profiles: readonly string[];
  readonly territories: readonly string[];
  readonly bases: readonly string[];
}

/** The company by field name, each as a text. */
export interface SettingsSeen {
  readonly values: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
  /** True when the only brand may be renamed here. */
  readonly hasOneBrand: boolean;
  readonly isSaved: boolean;
}

interface Within {
  readonly values: SettingsSeen['values'];
  readonly language: Language;
}

const IDENTITY = [
  'name',
  'legalName',
  'brand',
  'contact.phone',
  'contact.email',
  'contact.address',
  'contact.url',
  'sender',
];
const OFFICER = ['phone', 'email', 'address', 'url'].map((name) => `dataProtectionOfficer.${name}`);
const OPTIONAL = new Set([
  'contact.phone',
  'contact.email',
  'contact.address',
  'contact.url',
  'sender',
  'domains',
  'publicUrl',
  ...OFFICER,
]);

/** Shows the company and its rules; unchanged fields stay. */
export function settingsPage(language: Language, seen: SettingsSeen, choices: Choices): ConsolePage {
  const words = wordsIn(language).companyPages.settings;
  const within = { values: seen.values, language };
  const identity = IDENTITY.filter((name) => name !== 'brand' || seen.hasOneBrand);
  return {
    title: words.title,
    main: html`${seen.isSaved ? html`<p class="note" role="status">${words.saved}</p>` : ''}
${seen.missing.length === 0 ? '' : html`<p class="alert">${words.missing} ${seen.missing.map((name) => settingName(name, language)).join(', ')}</p>`}
<form method="post" action="/console/settings">
${group(
  words.identity,
  identity.map((name) => lineFor(name, within)),
)}
${group(
  words.officer,
  OFFICER.map((name) => lineFor(name, within)),
  words.officerLead,
)}
${group(words.where, [
  choiceFor('sector', choices.sectors, within),
  choiceFor('profile', choices.profiles, within),
  choiceFor('territory', choices.territories, within),
  lineFor('timeZone', within),
  choiceFor('locale', ['fr', 'en'], within),
  lineFor('domains', within),
  lineFor('publicUrl', within),
])}
${group(words.rules, [
  choiceFor('weakWordings', ['kept', 'refused'], within),
  choiceFor('undeliveredTwice', ['goes-on', 'paused'], within),
  choiceFor('onDecline', ['nothing', 'cancel'], within),
  choiceFor('ifLate', IF_LATE, within),
  choiceFor('goodFriday', GOOD_FRIDAY_CHOICES, within),
  yesOrNo('confirmationSkips', within),
  yesOrNo('appointmentReplies', within),
  numberFor('frequency.perDay', within),
  numberFor('frequency.perMonth', within),
  numberFor('approval', within),
])}
${group(
  words.reminders,
  REMINDED.map((purpose) => remindedFor(purpose, within)),
  words.remindersLead,
)}
${group(words.bases, [...REMINDED.map((purpose) => basisFor(purpose, choices.bases, within)), field({ name: 'reason', label: words.reason, optional: true })], words.basesLead)}
<p class="acts"><button class="main">${words.save}</button></p></form>`,
  };
}

const group = (legend: string, fields: readonly Html[], lead = ''): Html =>
  html`<fieldset><legend>${legend}</legend>${lead === '' ? '' : html`<p class="faint">${lead}</p>`}<div class="fields pairs">${fields}</div></fieldset>`;

function lineFor(name: string, within: Within): Html {
  const { values, language } = within;
  const label = settingName(name, language);
  const asked: FormField = { name, label, value: values[name] ?? '' };
  return field(OPTIONAL.has(name) ? { ...asked, optional: true } : asked);
}

const numberFor = (name: string, within: Within): Html =>
  field({
    name,
    label: settingName(name, within.language),
    type: 'number',
    value: within.values[name] ?? '',
    optional: true,
  });

function choiceFor(name: string, choices: readonly string[], within: Within): Html {
  const { values, language } = within;
  const value = values[name] ?? '';
  // A value that the page does not offer stays what it is.
  const all = choices.includes(value) || value === '' ? choices : [value, ...choices];
  const options = all.map(
    (one) =>
      html`<option value="${one}"${attributes({ selected: one === value })}>${settingName(one, language)}</option>`,
  );
  return html`<div><label for="${name}">${settingName(name, language)}</label><select id="${name}" name="${name}">${options}</select></div>`;
}

const yesOrNo = (name: string, { values, language }: Within): Html => {
  const words = wordsIn(language).companyPages.settings;
  const option = (value: string, label: string): Html =>
    html`<option value="${value}"${attributes({ selected: values[name] === value })}>${label}</option>`;
  return html`<div><label for="${name}">${settingName(name, language)}</label><select id="${name}" name="${name}">${option('true', words.yes)}${option('false', words.no)}</select></div>`;
};

function remindedFor(purpose: string, within: Within): Html {
  const { values, language } = within;
  const about = personWord(purpose, language);
  const [plan, text] = [`plans.${purpose}`, `texts.${purpose}`];
  return html`${field({ name: plan, label: `${settingName('plans', language)}${wordsIn(language).punctuation.colon}${about}`, value: values[plan] ?? '', optional: true })}<div><label for="${text}">${settingName('texts', language)}${wordsIn(language).punctuation.colon}${about}</label><textarea id="${text}" name="${text}" maxlength="1000">${values[text] ?? ''}</textarea></div>`;
}

function basisFor(purpose: string, bases: readonly string[], within: Within): Html {
  const { values, language } = within;
  const name = `bases.${purpose}`;
  const value = values[name] ?? '';
  const options = ['', ...bases].map((one) => {
    const label = one === '' ? wordsIn(language).companyPages.settings.unchosen : settingName(one, language);
    return html`<option value="${one}"${attributes({ selected: one === value })}>${label}</option>`;
  });
  return html`<div><label for="${name}">${personWord(purpose, language)}</label><select id="${name}" name="${name}">${options}</select></div>`;
}
