/** All kinds. A new one is its own file and a name here. */
import { denoising } from './denoising.ts';
import { sparse } from './sparse.ts';
import { vanilla } from './vanilla.ts';
import { variational } from './variational.ts';

export const kinds = [vanilla, denoising, sparse, variational] as const;
