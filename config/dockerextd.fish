# fish completion for dockerextd(8): what its --help says, and the names of services

# The command on the line so far, if there is one, a word per line. The word after a command may be a command of that
# one, as in `swarm tokens`.
function __dockerextd_command
    set -l program (commandline -opc)[1]
    set -l skip no
    set -l command
    for word in (commandline -opc)[2..-1]
        if test $skip = yes
            set skip no
        else if contains -- $word --root --docker-host
            set skip yes
        else if not string match -q -- '-*' $word
            set -a command $word
            $program $command --help 2>/dev/null | grep -q '^Commands:'; or break
        end
    end
    string join \n $command
end

function __dockerextd_complete
    set -l program (commandline -opc)[1]
    set -l previous (commandline -opc)[-1]
    set -l current (commandline -ct)
    set -l command (__dockerextd_command)
    set -l help ($program $command --help 2>/dev/null)
    test -z "$command"; or set -a help ($program --help 2>/dev/null | sed '/^Commands:/,$d')
    set -l kind
    if string match -q -- '-*' $previous
        set kind (printf '%s\n' $help | sed -nE "s/^ +([^ ]*,)?$previous(,[^ ]*)? ([A-Z]+) .*/\3/p")[1]
    end
    if test -z "$kind" -a -n "$command"; and not string match -q -- '-*' $current
        set kind (printf '%s\n' $help | sed -nE 's/^  NAME( .*)?$/SERVICE/p; s/^  (FILE|SERVICE|WHAT)( .*)?$/\1/p')[1]
    end
    switch "$kind"
        case FILE
            __fish_complete_path $current
        case DIR
            __fish_complete_directories $current
        case SERVICE
            $program status --services 2>/dev/null
        case WHAT
            printf '%s\n' $help | sed -n 's/^  WHAT //p' | grep -oE '[a-z-]+'
        case ''
            printf '%s\n' $help | sed -nE 's/^ +(-[^ ]*).*/\1/p' | grep -oE -- '--[a-z-]+'
            printf '%s\n' $help | sed -nE '/^Commands:/,/^$/s/^  ([a-z-]+) .*/\1/p'
    end
end

complete -c dockerextd -f -a '(__dockerextd_complete)'
