#!/bin/sh
# A share of the shards for each task of an array, and the parts put together when all have ended well:
#
#   autoencoder shard plan data --model model --task score --out job
#   tasks=$(sbatch --parsable docs/scale/slurm-array.sh job)
#   sbatch --dependency=afterok:$tasks --wrap 'autoencoder shard merge job --out scores.parquet'
#
# A task that was ended by the time limit or by its node is repeated with: sbatch --array=3 … (its index); but as Slurm then counts one
# task only, say how many share the plan: AUTOENCODER_SHARE=3/16 sbatch …
#SBATCH --job-name=autoencoder-shards
#SBATCH --array=0-15
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=02:00:00
#SBATCH --requeue
set -eu
job=${1:?the folder of the plan}
# The share comes from SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT unless it is said.
exec autoencoder shard run "$job" ${AUTOENCODER_SHARE:+--shard "$AUTOENCODER_SHARE"} --threads "${SLURM_CPUS_PER_TASK:-1}"
