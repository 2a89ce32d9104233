import { because } from './because.ts';
import { booking } from './booking.ts';
import { campaignPages } from './campaign-pages.ts';
import { campaign } from './campaign.ts';
import { companyPages } from './company-pages.ts';
import { compliance } from './compliance.ts';
import { contact } from './contact.ts';
import { dates } from './dates.ts';
import { consolePages } from './console-pages.ts';
import { doctor } from './doctor.ts';
import { doubts } from './doubts.ts';
import { enforcement } from './enforcement.ts';
import { exclusion } from './exclusion.ts';
import { finding } from './finding.ts';
import { form } from './form.ts';
import { importing } from './importing.ts';
import { message } from './message.ts';
import { peoplePages } from './people-pages.ts';
import { publicPages } from './public-pages.ts';
import { punctuation } from './punctuation.ts';
import { record } from './record.ts';
import { onPages, titles } from './refusals.ts';
import { register } from './register.ts';
import { reply } from './reply.ts';
import { request } from './request.ts';
import { retention } from './retention.ts';
import { series } from './series.ts';
import { sms } from './sms.ts';
import { step } from './step.ts';
import { sure } from './sure.ts';
import { tenant } from './tenant.ts';
import { territories } from './territories.ts';
import { timeline } from './timeline.ts';
import { wanted } from './wanted.ts';

/** Every subject in English. */
export const english = {
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
};
