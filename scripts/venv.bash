# Sourced by the scripts beside it: `prepare FOLDER REQUIREMENTS` makes a virtual environment and keeps it current;
# `put_command FOLDER` lets it find this checkout from every folder, as FOLDER/bin/multijob and for stock RQ's commands.

find_python() {
  local name
  for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "Python 3.11 or newer is needed and was not found; install it, or name it: PYTHON=/path/to/python3 $0" >&2
  return 1
}

prepare() {
  local folder=$1 requirements=$2 wanted python
  # the whole closure is in requirements*.txt, so the files say everything that can change
  wanted=$(cat requirements*.txt | cksum)
  if [ "$(cat "$folder/.installed" 2>/dev/null)" = "$wanted" ] && "$folder/bin/python" -c '' 2>/dev/null; then
    return
  fi
  echo "preparing $folder with $requirements ..."
  # one that was ready once is brought up to date as it is: people install their handlers into it
  if ! { [ -f "$folder/.installed" ] && "$folder/bin/python" -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python)
    "$python" -m venv --clear "$folder" || {
      echo "a virtual environment cannot be made; on Debian and Ubuntu: apt-get install python3-venv" >&2
      return 1
    }
  fi
  "$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-deps -r "$requirements"
  echo "$wanted" >"$folder/.installed"
}

put_command() {
  local folder=$1 packages
  packages=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  echo "$PWD" >"$packages/multijob-checkout.pth"
  printf '#!/bin/sh\nexec "%s/bin/python" -m runners.cli "$@"\n' "$PWD/$folder" >"$folder/bin/multijob"
  chmod +x "$folder/bin/multijob"
}
