/** The part of a run's data that its page draws from. */
import type { ReportData } from '../report-data.ts';

/** What `renderReport` embeds. */
export type PageData = Pick<
  ReportData,
  'title' | 'history' | 'bestEpoch' | 'baselines' | 'examples' | 'samples' | 'codeMap' | 'codeActivity' | 'featureError'
>;
