import { campaign, campaignPages } from './campaigns.ts';
import { companyPages, compliance, register, tenant } from './company.ts';
import { consolePages, sure } from './console-pages.ts';
import { request, wanted, dates, punctuation } from './terms.ts';
import { importing } from './importing.ts';
import { because, doubts, enforcement, territories } from './law.ts';
import { peoplePages } from './people-pages.ts';
import { contact, exclusion, form, retention } from './people.ts';
import { publicPages } from './public-pages.ts';
import { record } from './record.ts';
import { onPages, titles } from './refusals.ts';
import { booking, series, step } from './reminders.ts';
import { doctor, message, timeline } from './sending.ts';
import { defaultSms } from './default-sms.ts';
import { finding, reply, sms } from './sms.ts';

/** Every subject in French. */
export const french = {
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
  exclusion,
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
