/** All kinds. A new one is its own file and a name here. */
import { adversarial } from './adversarial.ts';
import { compressive } from './compressive.ts';
import { contractive } from './contractive.ts';
import { denoising } from './denoising.ts';
import { sparse } from './sparse.ts';
import { topk } from './topk.ts';
import { vanilla } from './vanilla.ts';
import { variational } from './variational.ts';
import { vq } from './vq.ts';
import { wasserstein } from './wasserstein.ts';

export const kinds = [
  vanilla,
  denoising,
  sparse,
  topk,
  contractive,
  variational,
  vq,
  compressive,
  adversarial,
  wasserstein,
] as const;
