import { englishCampaign, englishCampaignPages } from './campaigns.ts';
import { englishCompanyPages, englishCompliance, englishRegister, englishTenant } from './company.ts';
import { englishConsolePages, englishSure } from './console-pages.ts';
import { englishRequest, englishWanted, englishDates, englishPunctuation } from './terms.ts';
import { englishImporting } from './importing.ts';
import { englishBecause, englishDoubts, englishEnforcement, englishTerritories } from './law.ts';
import { englishPeoplePages } from './people-pages.ts';
import { englishContact, englishExclusion, englishForm, englishRetention } from './people.ts';
import { englishPublicPages } from './public-pages.ts';
import { englishRecord } from './record.ts';
import { englishOnPages, englishTitles } from './refusals.ts';
import { englishBooking, englishSeries, englishStep } from './reminders.ts';
import { englishDoctor, englishMessage, englishTimeline } from './sending.ts';
import { englishDefaultSms } from './default-sms.ts';
import { englishFinding, englishReply, englishSms } from './sms.ts';

/** Every subject in English. */
export const english = {
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
  exclusion: englishExclusion,
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
