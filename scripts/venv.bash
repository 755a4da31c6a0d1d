# Sourced by the scripts beside it: `prepare FOLDER REQUIREMENTS` makes a virtual environment and keeps it current.

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
  python=$(find_python)
  echo "preparing $folder with $requirements ..."
  "$python" -m venv --clear "$folder" || {
    echo "a virtual environment cannot be made; on Debian and Ubuntu: apt-get install python3-venv" >&2
    return 1
  }
  "$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-deps -r "$requirements"
  echo "$wanted" >"$folder/.installed"
}
