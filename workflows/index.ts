// Histories recorded in test/replay must replay after every change here: what changes the order or the kind of
// commands goes through patched().
export { acknowledgements, erasure, housekeeping, importContacts, seal } from './small-workflows.ts';
export { campaign, campaignShard } from './campaign.ts';
export { reminderSeries } from './reminder-series.ts';
