#!/bin/sh
# Two hosts on one machine: network namespaces joined by a cable (veth), each with a name of its own, and mpirun from the first over TCP
# alone. Needs root, iproute2 and Open MPI; leaves nothing.
#
#   sh bench/two-hosts.sh [-r RATE] COMMAND ...     RATE of the cable as of tc, e.g. 1gbit: each way
set -eu
rate=
while getopts r: flag; do case $flag in r) rate=$OPTARG ;; *) exit 2 ;; esac; done
shift $((OPTIND - 1))
work=$(mktemp -d)
# PIDs keep several of these apart.
one=one$$ two=two$$
trap 'ip netns del $one; ip netns del $two; rm -rf "$work"' EXIT
ip netns add $one
ip netns add $two
ip link add cable netns $one type veth peer name cable netns $two
for at in 1 2; do
  [ $at = 1 ] && name=$one || name=$two
  ip -n $name addr add 10.77.0.$at/24 dev cable
  ip -n $name link set lo up
  ip -n $name link set cable up
  [ -z "$rate" ] || ip netns exec $name tc qdisc add dev cable root tbf rate "$rate" burst 256kb latency 50ms
done
# What stands for ssh: the host, then the command.
cat >"$work/agent" <<AGENT
#!/bin/sh
shift
exec ip netns exec $two unshare --uts sh -c 'hostname two; '"\$*"
AGENT
chmod +x "$work/agent"
# Each host would give its rank the first core, and that is one and the same.
options="--allow-run-as-root --bind-to none --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24"
ip netns exec $one unshare --uts sh -c 'hostname one; exec "$@"' sh \
  mpirun $options --mca plm_rsh_agent "$work/agent" -np 2 --host 10.77.0.1:1,10.77.0.2:1 "$@"
